import type { JsonObject } from '../json-object.ts';
import type { Follow } from './sketch.ts';

/** What is not counted: of examples little is kept, and of the others nothing. */
const idle = new Set(['example', 'examples', 'xml', 'externalDocs']);

interface Weight {
  characters: number;
  references: string[];
}

/**
 * Gives what tells whether a schema of a document takes more characters than `limit`, with each thing it refers to
 * counted once. What many schemas refer to is gone through once.
 */
export function weigher(follow: Follow): (schema: unknown, limit: number) => boolean {
  const known = new Map<string, Weight>();

  const weightOf = (reference: string): Weight => {
    const weight = known.get(reference) ?? weigh(follow(reference));
    known.set(reference, weight);
    return weight;
  };

  return (schema, limit) => {
    const own = weigh(schema);
    const references = new Set(own.references);
    let left = limit - own.characters;
    // What is found on the way is gone through too.
    for (const reference of references) {
      if (left < 0) break;
      const { characters, references: further } = weightOf(reference);
      left -= characters;
      for (const next of further) references.add(next);
    }
    return left < 0;
  };
}

function weigh(schema: unknown): Weight {
  const weight: Weight = { characters: 0, references: [] };
  const count = (value: unknown): void => {
    if (typeof value === 'string') weight.characters += value.length + 2;
    else if (typeof value !== 'object' || value === null) weight.characters += 5;
    else if (Array.isArray(value)) value.forEach(count);
    else countMembers(value as JsonObject);
  };
  const countMembers = (node: JsonObject): void => {
    if (typeof node.$ref === 'string') weight.references.push(node.$ref);
    for (const key in node) {
      if (idle.has(key) || key.startsWith('x-')) continue;
      weight.characters += key.length + 4;
      count(node[key]);
    }
  };
  count(schema);
  return weight;
}
