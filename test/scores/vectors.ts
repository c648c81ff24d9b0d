// Tries every vector of a folder on the request builder or the namer, and through a whole gateway on loopback.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readVectors } from '../backends/vectors.ts';
import { throughBuilder } from './vectors/builder.ts';
import type { Case } from './vectors/case.ts';
import { endToEnd } from './vectors/end-to-end.ts';
import { namesOf } from './vectors/names.ts';

const folder = process.argv[2];
if (folder === undefined || !existsSync(join(folder, 'param-vectors.json'))) {
  console.error(
    folder === undefined
      ? 'Say where the vectors are: npm run score:vectors -- FOLDER'
      : `There is no ${join(folder, 'param-vectors.json')}: give the folder that holds the vectors.`,
  );
  process.exit(1);
}

const vectors = readVectors(folder);
const cases = [...throughBuilder(vectors), ...namesOf(vectors.names), ...(await endToEnd(vectors))];

for (const [name, group] of Map.groupBy(cases, ({ way, group }) => `${way.padEnd(17)}  ${group}`)) {
  console.log(`${name.padEnd(50)} ${passedOf(group)}`);
}
const failing = cases.filter(({ fault }) => fault);
for (const { way, id, fault } of failing) {
  console.log(`\nFAILED ${id} (${way})\n  expected ${fault?.expected}\n  got      ${fault?.got}`);
}
console.log();
for (const [way, group] of Map.groupBy(cases, ({ way }) => way)) console.log(`${way.padEnd(50)} ${passedOf(group)}`);
console.log(`${'all'.padEnd(50)} ${passedOf(cases)}`);
process.exitCode = failing.length > 0 ? 1 : 0;

function passedOf(group: Case[]): string {
  return `${group.filter(({ fault }) => !fault).length}/${group.length}`;
}
