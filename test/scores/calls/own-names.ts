import { isObject, type Json } from './json.ts';

/**
 * Arguments by the names that the document has. Every name that is an alias is undone, wherever it stands: what is made
 * for a tool has no other names than those of its schema.
 */
export function ownNames(args: Json, aliases: Readonly<Record<string, string>>): Json {
  return undone(args, aliases) as Json;
}

function undone(value: unknown, aliases: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((item) => undone(item, aliases));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, member]) => [
    Object.hasOwn(aliases, name) ? aliases[name] : name,
    undone(member, aliases),
  ]);
  return Object.fromEntries(entries);
}
