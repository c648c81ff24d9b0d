import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const schema = z.looseObject({ type: z.unknown().optional() });

const parameterVectorSchema = z.object({
  id: z.string(),
  group: z.string(),
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

const nameVectorsSchema = z.object({
  operationId: z.record(z.string(), z.string()),
  path: z.record(z.string(), z.string()),
  groups: z.array(
    z.object({ ops: z.array(z.tuple([z.string(), z.string(), z.string()])), names: z.array(z.string()) }),
  ),
});
export type NameVectors = z.infer<typeof nameVectorsSchema>;

/** Cases that say how something is sent or named, with the documents that describe them. */
export interface Vectors {
  parameters: ParameterVector[];
  bodies: BodyVector[];
  names: NameVectors;
  /** The same cases as documents, by the version that a vector's `oas` names. */
  documents: Map<string, string>;
}

/** Where the vectors are when they are beside this checkout. */
const folder = join(import.meta.dirname, '../../../shared/corpus/vectors');
export const hasVectors = existsSync(folder);

/** Throws when the folder or one of its files cannot be read. */
export function readVectors(from: string): Vectors {
  const read = (file: string): string => readFileSync(join(from, file), 'utf8');
  const listOf = <T extends z.ZodType>(file: string, vector: T): z.infer<T>[] =>
    z.object({ vectors: z.array(vector) }).parse(JSON.parse(read(file))).vectors;
  const documents = ['2.0', '3.1', '3.2'].map((version): [string, string] => [
    version,
    read(`vectors-${version.replace('.', '')}.openapi.json`),
  ]);
  return {
    parameters: listOf('param-vectors.json', parameterVectorSchema),
    bodies: listOf('body-vectors.json', bodyVectorSchema),
    names: nameVectorsSchema.parse(JSON.parse(read('name-vectors.json'))),
    documents: new Map(documents),
  };
}

/** Those beside this checkout; none without them. */
export function sharedVectors(): Vectors {
  if (hasVectors) return readVectors(folder);
  return { parameters: [], bodies: [], names: { operationId: {}, path: {}, groups: [] }, documents: new Map() };
}
