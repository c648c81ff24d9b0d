import { type Completeness, generate } from './generate.ts';
import { isObject, type Json } from './json.ts';
import { ownNames } from './own-names.ts';

const attempts = 12;

/** What is wrong with arguments by their own names: nothing, or where each fault is and what. */
export type Check = (args: unknown) => { instancePath: string; message?: string }[];

/** A tool's arguments, as far as making them needs it. */
export interface Asked {
  name: string;
  /** As a client sees it. */
  schema: Json;
  /** Names in it that stand for others. */
  aliases: Readonly<Record<string, string>>;
  /** By the tool's own schema, which is the whole truth. */
  check: Check;
}

/** Arguments that are valid, or why none were found. */
export type Made = { args: Json } | { problem: string };

/**
 * Arguments for a tool by the schema that a client sees. The same tool always gets the same ones. What the check refuses
 * is made anew, or left out where it is optional.
 */
export function makeArguments(asked: Asked, completeness: Completeness): Made {
  let problem = 'no attempt was made';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    try {
      // The alternatives that a schema offers are the first thing to vary, then how much is given.
      const isLate = completeness === 'everything' && attempt >= attempts / 2;
      const args = generate(asked.schema, {
        completeness: isLate ? 'mixed' : completeness,
        seed: `${asked.name} ${completeness} ${attempt}`,
        useExamples: attempt < 2,
      });
      if (!isObject(args)) return { problem: 'the schema is none of an object' };
      const kept = withoutRefused(args, asked);
      if (isObject(kept)) return { args: kept };
      problem = kept;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
  }
  return { problem };
}

/** The arguments without the optional ones that are refused; what is wrong when a required one is. */
function withoutRefused(args: Json, { schema, aliases, check }: Asked): Json | string {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const kept = { ...args };
  for (;;) {
    const faults = check(ownNames(kept, aliases));
    const [first] = faults;
    if (!first) return kept;
    const refused = new Set(faults.map(({ instancePath }) => nameAt(instancePath)));
    const optional = Object.keys(kept).filter((name) => refused.has(aliases[name] ?? name) && !required.has(name));
    if (optional.length === 0) return `${first.instancePath} ${first.message}`;
    for (const name of optional) delete kept[name];
  }
}

function nameAt(pointer: string): string | undefined {
  return pointer.split('/')[1]?.replaceAll('~1', '/').replaceAll('~0', '~');
}
