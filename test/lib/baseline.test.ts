import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { parseSettings } from '../../lib/settings.ts';
import { synthesise } from '../../lib/synthesise.ts';
import { sameBundle } from './gateway-stacks.ts';

const root = join(import.meta.dirname, '../..');
/** What is deployed: the stateful template of the last release. A release replaces it, and nothing else does. */
const baseline = join(import.meta.dirname, 'baseline/stateful.json');

const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}) })),
});
type Template = z.infer<typeof templateSchema>;

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-baseline-'));
const assembly = join(directory, 'cdk.out');
beforeAll(async () => {
  const warnings = vi.spyOn(console, 'error').mockImplementation(() => {});
  await synthesise(parseSettings({}), assembly, sameBundle);
  warnings.mockRestore();
});

/** `cdk diff` of the stateful stack against a template of before. */
function diff(before: string): Promise<{ exit: number | null; output: string }> {
  const args = ['diff', '-a', assembly, 'gatehouse-state', '--template', before, '--fail-on=destructive'];
  const child = spawn(process.execPath, [join(root, 'node_modules/aws-cdk/bin/cdk'), ...args], { cwd: root });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit) => resolve({ exit, output }));
  });
}

describe('a deployment over the last release', () => {
  it('destroys and replaces nothing that is kept', async () => {
    const { exit, output } = await diff(baseline);
    expect(exit, output).toBe(0);
  });

  it.each([
    [
      'a table that is gone',
      ({ Resources }: Template) => {
        Resources.TablesGone = structuredClone(tableIn(Resources));
      },
      'orphaned',
    ],
    [
      'a table with other keys',
      ({ Resources }: Template) => {
        Object.assign(tableIn(Resources).Properties, { KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] });
      },
      'replaced',
    ],
  ])('would be stopped by %s', async (_what, change, word) => {
    const before = templateSchema.parse(JSON.parse(readFileSync(baseline, 'utf8')));
    change(before);
    const file = join(directory, `${word}.json`);
    writeFileSync(file, JSON.stringify(before));
    const { exit, output } = await diff(file);
    expect(output).toContain(`will be ${word}`);
    expect(exit).toBe(1);
  });
});

function tableIn(resources: Template['Resources']) {
  const table = Object.values(resources).find(({ Type }) => Type === 'AWS::DynamoDB::GlobalTable');
  if (!table) throw new Error('The baseline has no table.');
  return table;
}
