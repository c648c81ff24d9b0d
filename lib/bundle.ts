import { readdirSync, readFileSync } from 'node:fs';
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

/** What a function starts as threads, by the names under which it looks for them beside itself. */
const threads: Record<string, Record<string, string>> = {
  'put-spec': { 'import-worker': join(root, 'functions/admin/import-worker.ts') },
};

/**
 * Bundles one function into `outdir/index.mjs`, its threads, and the chunks that it loads when it needs them. Exports
 * `handler`. Returns esbuild's account of what went where.
 */
export function bundleFunction(name: string, outdir: string): Promise<Metafile> {
  return bundle(join(root, 'functions', `${name}.ts`), outdir, threads[name]);
}

/** The same for any module: what it imports is bundled as it is for a function. */
export async function bundle(entry: string, outdir: string, beside: Record<string, string> = {}): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: { index: entry, ...beside },
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
    plugins: [lazyBuiltins, plainWebTypes, noDefaultValidator, noBrowserDetection],
  });
  return metafile;
}

/**
 * An ESM import of a built-in reads all its exports, and reading `WebSocket` of `node:http` loads Node's fetch stack: as
 * much time as starting Node. A bundle therefore takes built-ins as objects, and loads each when it first uses it.
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
      contents: `let builtin;
        for (const name of ${JSON.stringify(exportsOf(path).map(([name]) => name))}) {
          Object.defineProperty(exports, name, {
            enumerable: true,
            // The tracer replaces what it traces.
            configurable: true,
            get: () => (builtin ??= process.getBuiltinModule(${JSON.stringify(path)}))[name],
          });
        }`,
    }));
    // A dynamic import has to have its exports at once: all but those that are computed when they are read.
    onLoad({ filter: /.*/, namespace: 'builtin-exports' }, ({ path }) => {
      const plain = exportsOf(path).filter(([, { get }]) => !get);
      return {
        contents: `const builtin = process.getBuiltinModule(${JSON.stringify(path)});
          export default builtin;
          export const { ${plain.map(([name]) => name).join(', ')} } = builtin;`,
      };
    });
  },
};

function exportsOf(builtin: string): [string, PropertyDescriptor][] {
  const descriptors = Object.getOwnPropertyDescriptors(process.getBuiltinModule(builtin) ?? {});
  return Object.entries(descriptors).filter(([name]) => name !== 'default');
}

/**
 * Gives the protocol SDK, and the one file that speaks to it, our own `Request`, `Response` and `Headers`. The SDK needs
 * a handful of their members; Node's bring the fetch stack.
 */
const plainWebTypes: Plugin = {
  name: 'plain-web-types',
  setup({ onLoad }) {
    const types = JSON.stringify(join(root, 'functions/mcp/web-types.ts'));
    onLoad(
      { filter: /@modelcontextprotocol\/(server|core)\/dist\/[^/]+\.mjs$|functions\/mcp\/endpoint\.ts$/ },
      ({ path }) => {
        const contents = readFileSync(path, 'utf8');
        const used = ['Headers', 'Request', 'Response'].filter((name) =>
          new RegExp(`\\b${name}(\\(|\\.json)`).test(contents),
        );
        const loader = path.endsWith('.ts') ? 'ts' : 'js';
        return {
          contents: used.length > 0 ? `import { ${used.join(', ')} } from ${types};\n${contents}` : contents,
          loader,
        };
      },
    );
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

/** The AWS SDK can tell browsers apart, which no function is. */
const noBrowserDetection: Plugin = {
  name: 'no-browser-detection',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^bowser$/ }, ({ path }) => ({ path, namespace: 'absent' }));
    onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'export default {}' }));
  },
};
