import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { functionNames } from '../../lib/bundle.ts';

const root = join(import.meta.dirname, '../..');

it('no function imports a fixture, nor anything else of the workshop', async () => {
  const { metafile } = await build({
    entryPoints: functionNames().map((name) => join(root, 'functions', `${name}.ts`)),
    absWorkingDir: root,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: 'dist',
    write: false,
    metafile: true,
  });
  const files = Object.keys(metafile.inputs);
  expect(files).toContain('functions/mcp/endpoint.ts');
  expect(files.filter((file) => !/^(functions\/|policies\/|package\.json$)/.test(file))).toEqual([]);
});
