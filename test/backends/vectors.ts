import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const folder = join(import.meta.dirname, '../../../shared/corpus/vectors');

/** Whether the shared vectors are beside this checkout. */
export const hasVectors = existsSync(folder);

const schema = z.looseObject({ type: z.unknown().optional() });

const parameterVectorSchema = z.object({
  id: z.string(),
  normative: z.boolean(),
  param: z.looseObject({
    name: z.string(),
    in: z.string(),
    style: z.string().optional(),
    explode: z.boolean().optional(),
    allowReserved: z.boolean().optional(),
    collectionFormat: z.string().optional(),
    content: z.record(z.string(), z.unknown()).optional(),
  }),
  value: z.unknown(),
  expect: z.string().nullable(),
  alternatives: z.array(z.string()).default([]),
  expectAbsent: z.boolean().default(false),
  expectError: z.boolean().default(false),
  oas: z.array(z.string()),
});
export type ParameterVector = z.infer<typeof parameterVectorSchema>;

const part = z.object({
  name: z.string(),
  text: z.string().optional(),
  base64: z.string().optional(),
  json: z.unknown().optional(),
  filename: z.boolean().optional(),
  contentType: z.string().optional(),
});

const mediaType = z.object({
  schema: schema.optional(),
  encoding: z
    .record(
      z.string(),
      z.object({ style: z.string().optional(), explode: z.boolean().optional(), contentType: z.string().optional() }),
    )
    .default({}),
});

const bodyVectorSchema = z.object({
  id: z.string(),
  requestBody: z.object({ required: z.boolean(), content: z.record(z.string(), mediaType) }),
  value: z.unknown(),
  expect: z.object({
    contentType: z.string(),
    json: z.unknown().optional(),
    text: z.string().optional(),
    base64: z.string().optional(),
    form: z.array(z.tuple([z.string(), z.string()])).optional(),
    parts: z.array(part).optional(),
  }),
});
export type BodyVector = z.infer<typeof bodyVectorSchema>;

export function parameterVectors(): ParameterVector[] {
  return read('param-vectors.json', parameterVectorSchema);
}

export function bodyVectors(): BodyVector[] {
  return read('body-vectors.json', bodyVectorSchema);
}

function read<T extends z.ZodType>(file: string, vector: T): z.infer<T>[] {
  if (!hasVectors) return [];
  return z.object({ vectors: z.array(vector) }).parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))).vectors;
}
