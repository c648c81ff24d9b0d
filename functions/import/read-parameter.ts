import { isObject, membersOf, textOf } from './json-object.ts';
import type { WrittenParameter } from './merge-parameters.ts';
import type { Parameter } from './operation.ts';
import { below } from './place.ts';
import { readContent, readExamples } from './read-content.ts';
import type { Source } from './source.ts';

type Location = Parameter['in'];
type Style = Parameter['style'];

/** The styles of every location, its default first (OpenAPI 3.1, "Style Values"). */
const styles: Record<Location, readonly [Style, ...Style[]]> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form'],
};

export function isLocation(value: string): value is Location {
  return Object.hasOwn(styles, value);
}

/**
 * A parameter of OpenAPI 3 in the gateway's terms. What cannot be sent as written is noted; the result is empty when
 * there is no place to send it to, and has several parameters when `in: querystring` is a form.
 */
export function readParameter(written: WrittenParameter, source: Source, notes: string[]): Parameter[] {
  const { value, place } = written;
  if (value.in === 'querystring') return readQuerystring(written, source, notes);
  if (!isLocation(value.in)) {
    notes.push(`${place}: \`in: ${value.in.slice(0, 40)}\` is no place for a parameter, so it was left out.`);
    return [];
  }
  const [media] = readContent(value.content, below(place, 'content'), source);
  const style = readStyle(value.in, value.style, written, notes);
  const [example] = readExamples(value, place, source).values();
  return [
    {
      in: value.in,
      name: value.name,
      required: value.required === true || value.in === 'path',
      description: textOf(value.description),
      deprecated: value.deprecated === true,
      style,
      explode: typeof value.explode === 'boolean' ? value.explode : style === 'form',
      allowReserved: value.allowReserved === true,
      contentType: media?.type,
      schema: media?.schema ?? { value: value.schema ?? {}, place: below(place, 'schema') },
      example: example ?? media?.examples.values().next().value,
      place,
    },
  ];
}

function readStyle(location: Location, style: unknown, { place }: WrittenParameter, notes: string[]): Style {
  const [usual] = styles[location];
  const known = styles[location].find((candidate) => candidate === style);
  if (known || style === undefined) return known ?? usual;
  // 3.2's own style of cookies differs from `form` in what it leaves unencoded.
  const text = typeof style === 'string' ? style.slice(0, 40) : 'as written';
  notes.push(`${place}/style: the style ${text} cannot be sent in a ${location} parameter, so ${usual} is used.`);
  return usual;
}

/** A whole query (3.2): as a form it is one parameter for every property, or an exploded object of any. */
function readQuerystring({ value, place }: WrittenParameter, source: Source, notes: string[]): Parameter[] {
  const [media] = readContent(value.content, below(place, 'content'), source);
  const schema = media?.schema && source.follow(media.schema);
  if (media?.type !== 'application/x-www-form-urlencoded' || !schema || 'problem' in schema) {
    notes.push(`${place}: a query string can only be sent as a form, so it was left out.`);
    return [];
  }
  const { properties, required } = isObject(schema.value) ? schema.value : {};
  const isRequired = value.required === true;
  const shared = { in: 'query', deprecated: false, style: 'form', explode: true, allowReserved: false, place } as const;
  const known = membersOf(properties).map(([name, property]) => ({
    ...shared,
    name,
    required: isRequired && Array.isArray(required) && required.includes(name),
    schema: { value: property, place: below(schema.place, 'properties', name) },
  }));
  if (known.length > 0) return known;
  return [{ ...shared, name: value.name, required: isRequired, description: textOf(value.description), schema }];
}
