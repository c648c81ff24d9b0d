import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const indexSchema = z.array(z.object({ file: z.string(), operations: z.number() }));

/** How many operations each file has by the folder's `index.json`, if it has one. */
export function knownOperations(folder: string): Map<string, number> {
  const index = join(folder, 'index.json');
  if (!existsSync(index)) return new Map();
  const entries = indexSchema.parse(JSON.parse(readFileSync(index, 'utf8')));
  return new Map(entries.map(({ file, operations }) => [join(folder, file), operations]));
}
