import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { httpBindingSchema, toolNameSchema } from '../../functions/catalogue/types.ts';
import { forEachSchema, type JsonSchema } from '../../functions/import/subschemas.ts';
import { importing } from './importing.ts';

const folder = join(import.meta.dirname, '../../../shared/corpus/dev');
const isThere = existsSync(folder);
const files = isThere
  ? readdirSync(folder).filter((file) => /\.(json|yaml)$/.test(file) && !/^(index|features)\.json$/.test(file))
  : [];

const indexSchema = z.array(z.object({ file: z.string(), operations: z.number() }));

/** How many operations a document has, counted by others. */
function countOperations(file: string): number {
  const index = indexSchema.parse(JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')));
  return index.find((entry) => entry.file === file)?.operations ?? 0;
}

const ajv = new Ajv2020({ strict: false, validateFormats: false });

describe.skipIf(!isThere)('documents of real APIs', () => {
  const counted = { lines: 0, tools: 0 };

  it.each(files)('%s', (file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const before = process.cpuUsage();
    const { tools, report, names } = importing(text);
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
    expect(importing(text).names).toEqual(names);
    counted.lines += report.operations.length;
    counted.tools += tools.length;

    expect(report.operations).toHaveLength(countOperations(file));
    for (const { status, notes, tool } of report.operations) {
      expect(tool === undefined).toBe(status === 'skipped');
      expect(notes.length > 0).toBe(status !== 'ok');
    }
    expect(new Set(names).size).toBe(names.length);
    for (const tool of tools) {
      expect(toolNameSchema.safeParse(tool.name).success).toBe(true);
      expect(httpBindingSchema.safeParse(tool.binding).success).toBe(true);
      expect(tool.description.length).toBeGreaterThan(0);
      const names = new Set(Object.keys(tool.input_schema.properties ?? {}));
      expect(tool.binding.parameters.filter(({ argument }) => !names.has(argument))).toEqual([]);
      expect(Buffer.byteLength(JSON.stringify(tool.input_schema))).toBeLessThanOrEqual(32_768);
      expect([tool.name, ...faultsOf(tool.input_schema)]).toEqual([tool.name]);
      if (tool.output_schema) expect([tool.name, ...faultsOf(tool.output_schema)]).toEqual([tool.name]);
    }
    // Compiling takes long, so only some are: a reference that leads nowhere would not compile.
    for (const { name, input_schema, positive_examples } of tools.filter((_, index) => index % 25 === 0)) {
      const validate = new Ajv2020({ strict: false, validateSchema: false, validateFormats: false }).compile(
        input_schema,
      );
      for (const { input } of positive_examples) expect([name, validate(input)]).toEqual([name, true]);
    }
  });

  it('are tools to 99 in a hundred', () => {
    expect(counted.lines).toBeGreaterThan(1_900);
    expect(counted.tools / counted.lines).toBeGreaterThan(0.99);
  });
});

/** Where a schema is not of 2020-12, refers to what is not in it, or says what only a whole document may. */
function faultsOf(schema: JsonSchema): string[] {
  const faults: string[] = [];
  if (schema.type !== 'object') faults.push('the root is no object');
  if (!ajv.validateSchema(schema)) faults.push(ajv.errorsText());
  const definitions = new Set(Object.keys(schema.$defs ?? {}).map((name) => `#/$defs/${name}`));
  forEachSchema(schema, (inner) => {
    if (inner.$ref !== undefined && !definitions.has(String(inner.$ref))) faults.push(`${inner.$ref} leads nowhere`);
    const foreign = ['$id', '$schema', '$anchor', '$dynamicRef', '$dynamicAnchor', 'nullable', 'discriminator', 'xml'];
    faults.push(...foreign.filter((keyword) => Object.hasOwn(inner, keyword)));
  });
  return faults;
}
