// Reads parameters back by the table "Style Examples" of OpenAPI 3.2, on its own: nothing here is shared with the sender.

/** What a reader knows of a value beforehand. Lists and objects below the first level stand only in `deepObject`. */
export type Shape =
  | { type: 'string' | 'number' | 'boolean' }
  | { type: 'array'; items: Shape[] }
  | { type: 'object'; properties: Map<string, Shape> };

/** The schema that describes exactly this value. */
export function shapeOf(value: unknown): Shape {
  if (Array.isArray(value)) return { type: 'array', items: value.map(shapeOf) };
  if (typeof value === 'object' && value !== null) {
    return {
      type: 'object',
      properties: new Map(Object.entries(value).map(([key, member]) => [key, shapeOf(member)])),
    };
  }
  return { type: typeof value as 'string' | 'number' | 'boolean' };
}

export interface Reading {
  in: 'path' | 'query' | 'header' | 'cookie';
  style: string;
  explode: boolean;
  name: string;
}

export function readByTable(reading: Reading, text: string, shape: Shape): unknown {
  const { in: place, style } = reading;
  if (place === 'path') return readPath(reading, text, shape);
  if (place === 'header') return readList(text, shape, rawDelimiters[style] ?? ',', reading.explode, same);
  if (place === 'query') return readPairs(reading, text.split('&'), shape, decodeURIComponent);
  return readPairs(reading, text.split('; '), shape, style === 'cookie' ? same : decodeURIComponent);
}

const rawDelimiters: Record<string, string> = { spaceDelimited: ' ', pipeDelimited: '|', tabDelimited: '\t' };
const encodedDelimiters: Record<string, string> = {
  spaceDelimited: '%20',
  pipeDelimited: '%7C',
  tabDelimited: '%09',
};

type Decode = (text: string) => string;
const same: Decode = (text) => text;

function readPath({ style, explode, name }: Reading, text: string, shape: Shape): unknown {
  const decode = decodeURIComponent;
  if (style === 'simple') return readList(text, shape, ',', explode, decode);
  if (style === 'label') {
    if (text[0] !== '.') throw new Error(`no label: ${text}`);
    return readList(text.slice(1), shape, explode ? '.' : ',', explode, decode);
  }
  if (text[0] !== ';') throw new Error(`no matrix: ${text}`);
  return readPairs({ in: 'path', style, explode, name }, text.slice(1).split(';'), shape, decode);
}

/** `name=value` pairs. An exploded list repeats its name; an exploded object has its own names. */
function readPairs({ style, explode, name }: Reading, pairs: string[], shape: Shape, decode: Decode): unknown {
  const read = pairs.map((pair): [string, string] => {
    const at = pair.indexOf('=');
    return at < 0 ? [decode(pair), ''] : [decode(pair.slice(0, at)), pair.slice(at + 1)];
  });
  if (style === 'deepObject') return readDeep(name, new Map(read.map(([key, text]) => [key, decode(text)])), shape);
  if (explode && shape.type === 'object') {
    return objectOf(read.map(([key, text]) => [key, scalar(decode(text), shape.properties.get(key))]));
  }
  const own = read.map(([key, text]) => {
    if (key !== name) throw new Error(`a pair of another name: ${key}`);
    return text;
  });
  if (explode && shape.type === 'array') return own.map((text, index) => scalar(decode(text), shape.items[index]));
  if (own.length !== 1) throw new Error(`${own.length} pairs where one was asked for`);
  return readList(own[0] ?? '', shape, encodedDelimiters[style] ?? ',', false, decode);
}

function readList(text: string, shape: Shape, delimiter: string, explode: boolean, decode: Decode): unknown {
  if (shape.type === 'array')
    return text.split(delimiter).map((item, index) => scalar(decode(item), shape.items[index]));
  if (shape.type !== 'object') return scalar(decode(text), shape);
  const pieces = text.split(delimiter);
  const entries = explode
    ? pieces.map((piece): [string, string] => [piece.slice(0, piece.indexOf('=')), piece.slice(piece.indexOf('=') + 1)])
    : pieces.flatMap((key, index): [string, string][] => (index % 2 === 0 ? [[key, pieces[index + 1] ?? '']] : []));
  return objectOf(
    entries.map(([key, value]) => [decode(key), scalar(decode(value), shape.properties.get(decode(key)))]),
  );
}

/** Looks for what the shape names, member by member: `name[a][0]`. */
function readDeep(name: string, pairs: Map<string, string>, shape: Shape): unknown {
  if (shape.type === 'array') return shape.items.map((item, index) => readDeep(`${name}[${index}]`, pairs, item));
  if (shape.type === 'object') {
    return objectOf([...shape.properties].map(([key, inner]) => [key, readDeep(`${name}[${key}]`, pairs, inner)]));
  }
  const text = pairs.get(name);
  if (text === undefined) throw new Error(`nothing is called ${name}`);
  return scalar(text, shape);
}

/** Without the setter that assignment to `__proto__` would meet. */
function objectOf(entries: [string, unknown][]): unknown {
  return Object.fromEntries(entries);
}

function scalar(text: string, shape: Shape | undefined): unknown {
  if (shape?.type === 'number') return Number(text);
  if (shape?.type === 'boolean') return text === 'true';
  if (shape?.type === 'string') return text;
  throw new Error(`nothing of this shape can be here: ${text}`);
}
