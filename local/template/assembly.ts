import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Metadata: z.record(z.string(), z.unknown()).default({}),
});

const templateSchema = z.object({
  Resources: z.record(z.string(), resourceSchema),
  Parameters: z.record(z.string(), z.object({ Default: z.unknown() })).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Outputs: z
    .record(z.string(), z.object({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() }))
    .default({}),
});

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z.object({ templateFile: z.string().optional(), stackName: z.string().optional() }).default({}),
    }),
  ),
});

/** A synthesised template, with its intrinsic functions as they stand there. */
export interface Stack extends z.infer<typeof templateSchema> {
  name: string;
}

export type Resource = z.infer<typeof resourceSchema>;

/** Reads the templates that `cdk synth` has written to `directory`. Throws when there are none. */
export function readAssembly(directory: string): Stack[] {
  const read = (file: string) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as unknown;
  const { artifacts } = manifestSchema.parse(read('manifest.json'));
  const stacks = Object.entries(artifacts).flatMap(([id, { type, properties }]) => {
    const { templateFile, stackName = id } = properties;
    if (type !== 'aws:cloudformation:stack' || !templateFile) return [];
    return { name: stackName, ...templateSchema.parse(read(templateFile)) };
  });
  if (stacks.length === 0) throw new Error(`${directory} holds no synthesised stack.`);
  return stacks;
}
