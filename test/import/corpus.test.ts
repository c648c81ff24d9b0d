import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';
import { withAliases } from '../../functions/catalogue/aliases.ts';
import { findDocuments } from '../scores/calls/find-documents.ts';
import { judgeDocument } from '../scores/import/judge-document.ts';
import { knownOperations } from '../scores/import/known-operations.ts';
import { readBundle } from '../scores/import/read-bundle.ts';

const folder = join(import.meta.dirname, '../../../shared/corpus/dev');
const isThere = existsSync(folder);
const documents = isThere ? findDocuments(folder) : [];
const known = isThere ? knownOperations(folder) : new Map<string, number>();

describe.skipIf(!isThere)('documents of real APIs', () => {
  const counted = { operations: 0, tools: 0 };
  afterAll(() => expect(counted.tools / counted.operations).toBeGreaterThan(0.99));

  it.each(documents)('$name', ({ file }) => {
    const { operations, tools, faults } = judgeDocument(readBundle(folder, file), known.get(file));
    expect(faults).toEqual([]);
    expect(operations).toBe(known.get(file));
    counted.operations += operations;
    counted.tools += tools.length;

    // Compiling takes long, so only some are: a reference that leads nowhere would not compile.
    for (const tool of tools.filter((_, index) => index % 25 === 0)) {
      const { name, input_schema, client_schema = input_schema, positive_examples } = tool;
      const [accepts, acceptsSafe] = [input_schema, client_schema].map((schema) =>
        new Ajv2020({ strict: false, validateSchema: false, validateFormats: false }).compile(schema),
      );
      for (const { input } of positive_examples) {
        expect([name, accepts?.(input), acceptsSafe?.(withAliases(input, tool))]).toEqual([name, true, true]);
      }
    }
  });
});
