import type { PropertyEncoding } from '../../catalogue/types.ts';
import { below } from '../document/place.ts';
import type { Encoding } from '../operations/operation.ts';
import type { SchemaRoom } from '../schemas/schema-room.ts';
import { constantOf, scalarText } from '../schemas/single-value.ts';

/** What names a part and its type is written by the sender (OpenAPI 3.1, Encoding Object; RFC 7578 section 4.8). */
const written = /^content-(?:type|disposition|transfer-encoding)$/i;

/**
 * The headers that a part of a multipart body always has: those with one possible value or a default. The others have
 * no argument that they could come from, and are noted.
 */
export function readPartHeaders(
  { headers, place }: Encoding,
  room: SchemaRoom,
  notes: string[],
): Pick<PropertyEncoding, 'headers'> {
  const fixed: [string, string][] = [];
  for (const { name, schema } of headers) {
    if (written.test(name)) continue;
    const { schema: converted } = room.convert(schema);
    const text = constantOf(converted, room) ?? scalarText(converted.default);
    if (text !== undefined && isHeader(name, text)) fixed.push([name, text]);
    else
      notes.push(`${below(place, 'headers', name)}: this header has no fixed value, so the part is sent without it.`);
  }
  return { ...(fixed.length > 0 && { headers: Object.fromEntries(fixed) }) };
}

function isHeader(name: string, text: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t\x20-\x7e]*$/.test(text);
}
