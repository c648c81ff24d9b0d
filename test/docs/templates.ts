import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { parseSettings } from '../../lib/settings.ts';
import { synthesise } from '../../lib/synthesise.ts';

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
  Outputs: z.record(z.string(), z.looseObject({})).default({}),
});
export type Template = z.infer<typeof templateSchema>;

/** The templates of a gateway with these settings. The functions' bundles are empty. */
export async function templatesOf(
  context: Record<string, unknown>,
): Promise<{ stateful: Template; gateway: Template }> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-docs-'));
  try {
    const bundle = join(directory, 'bundle');
    mkdirSync(bundle);
    writeFileSync(join(bundle, 'index.mjs'), '');
    const outdir = join(directory, 'cdk.out');
    const { stateful, gateway } = await synthesise(parseSettings(context), outdir, () => bundle);
    const read = (stack: string) =>
      templateSchema.parse(JSON.parse(readFileSync(join(outdir, `${stack}.template.json`), 'utf8')));
    return { stateful: read(stateful), gateway: read(gateway) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
