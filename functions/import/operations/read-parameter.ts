import { below } from '../document/place.ts';
import type { Source } from '../document/source.ts';
import { textOf } from '../json-object.ts';
import type { WrittenParameter } from './merge-parameters.ts';
import type { Parameter } from './operation.ts';
import { readContent, readExamples } from './read-content.ts';

type Location = Parameter['in'];
type Style = Parameter['style'];

/** The styles of every location, its default first (OpenAPI 3.1, "Style Values"). */
const styles: Record<Location, readonly [Style, ...Style[]]> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  // The whole query of 3.2 is written by its media type.
  querystring: ['form'],
  header: ['simple'],
  cookie: ['form', 'cookie'],
};

export function isLocation(value: string): value is Location {
  return Object.hasOwn(styles, value);
}

/**
 * A parameter of OpenAPI 3 in the gateway's terms. What cannot be sent as written is noted; the result is empty when
 * there is no place to send it to.
 */
export function readParameter(written: WrittenParameter, source: Source, notes: string[]): Parameter[] {
  const { value, place } = written;
  if (!isLocation(value.in)) {
    notes.push(`${place}: \`in: ${value.in.slice(0, 40)}\` is no place for a parameter, so it was left out.`);
    return [];
  }
  const [media] = readContent(value.content, below(place, 'content'), source);
  if (value.in === 'querystring' && !media) {
    notes.push(`${place}: \`in: querystring\` needs \`content\` to say how it is written, so it was left out.`);
    return [];
  }
  if (value.in === 'querystring' && media?.encoding.size) {
    notes.push(`${media.place}/encoding: the fields of a query string are written in the usual way of a form.`);
  }
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
      explode: typeof value.explode === 'boolean' ? value.explode : style === 'form' || style === 'cookie',
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
  const text = typeof style === 'string' ? style.slice(0, 40) : 'as written';
  notes.push(`${place}/style: the style ${text} cannot be sent in a ${location} parameter, so ${usual} is used.`);
  return usual;
}
