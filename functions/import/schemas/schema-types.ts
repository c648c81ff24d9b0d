import { itemsOrOne } from '../json-object.ts';

/** What a type name outside of JSON Schema stands for. */
const aliases: Record<string, { type: string; format?: string }> = {
  int: { type: 'integer', format: 'int32' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  long: { type: 'integer', format: 'int64' },
  short: { type: 'integer' },
  bigint: { type: 'integer' },
  float: { type: 'number', format: 'float' },
  double: { type: 'number', format: 'double' },
  decimal: { type: 'number' },
  numeric: { type: 'number' },
  bool: { type: 'boolean' },
  str: { type: 'string' },
  text: { type: 'string' },
  char: { type: 'string' },
  uuid: { type: 'string', format: 'uuid' },
  uri: { type: 'string', format: 'uri' },
  url: { type: 'string', format: 'uri' },
  email: { type: 'string', format: 'email' },
  date: { type: 'string', format: 'date' },
  datetime: { type: 'string', format: 'date-time' },
  'date-time': { type: 'string', format: 'date-time' },
  timestamp: { type: 'string', format: 'date-time' },
  password: { type: 'string', format: 'password' },
  file: { type: 'string', format: 'binary' },
  binary: { type: 'string', format: 'binary' },
  list: { type: 'array' },
  map: { type: 'object' },
  dict: { type: 'object' },
  hash: { type: 'object' },
  struct: { type: 'object' },
  json: { type: 'object' },
};

const known = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);

/** Whether a value of `type` is one name that JSON Schema knows, as nearly all are. */
export function isType(value: unknown): value is string {
  return typeof value === 'string' && known.has(value);
}

export interface ReadType {
  /** Names of JSON Schema, without repetition; empty when the value says nothing that can be used. */
  types: string[];
  /** What an alias implies beyond its type. */
  format?: string;
  /** Names that were replaced or dropped. */
  unknown: string[];
}

/** Reads the value of `type`, a name or a list of names, as JSON Schema 2020-12 knows them. */
export function readType(value: unknown): ReadType {
  const types = new Set<string>();
  const read: ReadType = { types: [], unknown: [] };
  for (const name of itemsOrOne(value)) {
    // YAML's `type: [string, null]` holds null itself.
    const lower = name === null ? 'null' : String(name).toLowerCase();
    const alias = aliases[lower];
    if (known.has(lower)) types.add(lower);
    else if (alias) {
      types.add(alias.type);
      if (alias.format) read.format = alias.format;
    }
    // `file` is Swagger 2.0's own.
    if (!known.has(lower) && lower !== 'file') read.unknown.push(String(name).slice(0, 40));
  }
  read.types = [...types];
  return read;
}
