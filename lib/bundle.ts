import { readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');

/** The functions that there are: the files of `functions/`, by their names. */
export function functionNames(): string[] {
  return readdirSync(join(root, 'functions'), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => entry.name.slice(0, -'.ts'.length))
    .sort();
}

/**
 * Bundles one function into `outdir/index.mjs` and the chunks that it loads when it needs them. Exports `handler`.
 * Returns esbuild's account of what went where.
 */
export async function bundleFunction(name: string, outdir: string): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: { index: join(root, 'functions', `${name}.ts`) },
    outdir,
    outExtension: { '.js': '.mjs' },
    absWorkingDir: root,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    banner: { js: "const require=process.getBuiltinModule('node:module').createRequire(import.meta.url);" },
    plugins: [lazyBuiltins, leanProtocolValidator],
  });
  return metafile;
}

/**
 * A static ESM import of a built-in reads all its exports, and reading those of `node:http` loads Node's fetch stack:
 * as much time as starting Node. A bundle therefore takes built-ins as objects and reads only what it uses.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    const names = builtinModules.filter((name) => !name.startsWith('_'));
    const filter = new RegExp(`^(node:.+|${names.join('|')})$`);
    onResolve({ filter }, ({ path, kind }) => {
      if (kind === 'require-call') return { path, external: true };
      return { path: path.startsWith('node:') ? path : `node:${path}`, namespace: 'builtin' };
    });
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
      loader: 'js',
    }));
  },
};

/** The protocol SDK brings a default JSON Schema validator for Node that is never used here; its edge build has a small one. */
const leanProtocolValidator: Plugin = {
  name: 'lean-protocol-validator',
  setup({ onResolve }) {
    onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, () => ({
      path: join(root, 'node_modules/@modelcontextprotocol/server/dist/shimsWorkerd.mjs'),
    }));
  },
};
