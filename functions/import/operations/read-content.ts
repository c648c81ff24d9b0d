import { below, type Place } from '../document/place.ts';
import type { Source } from '../document/source.ts';
import { isObject, type JsonObject, membersOf } from '../json-object.ts';
import type { Encoding, MediaType, PartHeader } from './operation.ts';

const none: ReadonlyMap<string, never> = new Map<string, never>();

/** Reads the map of media types of a body, a reply or a parameter. Media types that cannot be found are left out. */
export function readContent(content: unknown, place: Place, source: Source): MediaType[] {
  return membersOf(content).flatMap(([type, value]) => {
    const found = source.follow({ value, place: below(place, type) });
    if ('problem' in found || !isObject(found.value)) return [];
    const { schema, encoding, itemEncoding, prefixEncoding } = found.value;
    const encodings = membersOf(encoding).map(([name, value]): [string, Encoding] => [
      name,
      readEncoding(value, below(found.place, 'encoding', name), source),
    ]);
    return [
      {
        type: type.trim(),
        schema: schema === undefined ? undefined : { value: schema, place: below(found.place, 'schema') },
        encoding: encodings.length > 0 ? new Map(encodings) : none,
        ...(itemEncoding !== undefined && {
          itemEncoding: readEncoding(itemEncoding, below(found.place, 'itemEncoding'), source),
        }),
        ...(prefixEncoding !== undefined && { prefixEncoding: below(found.place, 'prefixEncoding') }),
        examples: readExamples(found.value, found.place, source),
        place: found.place,
      },
    ];
  });
}

function readEncoding(value: unknown, place: Place, source: Source): Encoding {
  const encoding = isObject(value) ? value : {};
  const headers = membersOf(encoding.headers).flatMap(([name, header]): PartHeader[] => {
    const found = source.follow({ value: header, place: below(place, 'headers', name) });
    if ('problem' in found || !isObject(found.value)) return [];
    const schema = { value: found.value.schema ?? {}, place: below(found.place, 'schema') };
    return [{ name, schema }];
  });
  return { value: encoding, headers, place };
}

/** The examples that a media type or parameter gives, by name and with references followed. */
export function readExamples(node: JsonObject, place: Place, source: Source): ReadonlyMap<string, unknown> {
  if (node.examples === undefined && node.example === undefined) return none;
  const examples = new Map<string, unknown>();
  for (const [name, value] of membersOf(node.examples)) {
    const found = source.follow({ value, place: below(place, 'examples', name) });
    if ('problem' in found || !isObject(found.value)) continue;
    // 3.2 tells the data from how it is written.
    const data = found.value.value ?? found.value.dataValue;
    if (data !== undefined) examples.set(name, data);
  }
  if (node.example !== undefined && examples.size === 0) examples.set('default', node.example);
  return examples;
}
