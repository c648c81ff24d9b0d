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
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    banner: { js: "const require=process.getBuiltinModule('node:module').createRequire(import.meta.url);" },
    plugins: [lazyBuiltins, noDefaultValidator],
  });
  return metafile;
}

/**
 * An ESM import of a built-in reads all its exports, and reading `WebSocket` of `node:http` loads Node's fetch stack: as
 * much time as starting Node. A bundle therefore takes built-ins as objects and reads only what it uses.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    const names = builtinModules.filter((name) => !name.startsWith('_'));
    onResolve({ filter: new RegExp(`^(node:.+|${names.join('|')})$`) }, ({ path, kind }) => {
      if (kind === 'require-call') return { path, external: true };
      const namespace = kind === 'dynamic-import' ? 'builtin-exports' : 'builtin-object';
      return { path: path.startsWith('node:') ? path : `node:${path}`, namespace };
    });
    onLoad({ filter: /.*/, namespace: 'builtin-object' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }));
    // A dynamic import has to have its exports at once: all but those that are computed when they are read.
    onLoad({ filter: /.*/, namespace: 'builtin-exports' }, ({ path }) => {
      const descriptors = Object.entries(Object.getOwnPropertyDescriptors(process.getBuiltinModule(path) ?? {}));
      const plain = descriptors.filter(([name, { get }]) => !get && name !== 'default').map(([name]) => name);
      return {
        contents: `const builtin = process.getBuiltinModule(${JSON.stringify(path)});
          export default builtin;
          export const { ${plain.join(', ')} } = builtin;`,
      };
    });
  },
};

/**
 * The protocol SDK imports a default JSON Schema validator, 295 KB of it, that the gateway replaces on every server. Its
 * edge build has a smaller one but compiles all protocol schemas at start, of both eras.
 */
const noDefaultValidator: Plugin = {
  name: 'no-default-validator',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, ({ path }) => ({
      path,
      namespace: 'protocol-shims',
    }));
    onLoad({ filter: /.*/, namespace: 'protocol-shims' }, () => ({
      contents: `export class DefaultJsonSchemaValidator {
        getValidator() { throw new Error('Give the server a jsonSchemaValidator.'); }
      }`,
    }));
  },
};
