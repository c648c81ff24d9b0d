import { isObject, itemsOf, membersOf } from '../json-object.ts';
import { resolved } from './resolved.ts';
import type { SchemaRoom } from './schema-room.ts';
import type { JsonSchema } from './subschemas.ts';

/** The properties that an object may have by any part or branch of its schema; of several of one name the first. */
export function propertiesWithin(schema: JsonSchema, room: Pick<SchemaRoom, 'definition'>): Map<string, JsonSchema> {
  const found = new Map<string, JsonSchema>();
  const seen = new Set<JsonSchema>();
  const walk = (part: JsonSchema): void => {
    const own = resolved(part, room);
    if (seen.has(own)) return;
    seen.add(own);
    for (const [name, property] of membersOf(own.properties)) {
      if (isObject(property) && !found.has(name)) found.set(name, property);
    }
    for (const inner of [...itemsOf(own.allOf), ...itemsOf(own.anyOf)]) if (isObject(inner)) walk(inner);
  };
  walk(schema);
  return found;
}
