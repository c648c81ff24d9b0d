import type { AttributeValue, WriteRequest } from './client.ts';
import { TableFailure } from './failure.ts';

/** Checks a part of an answer and gives it in the port's types. Throws a `TableFailure` when it is something else. */
export type Read<T> = (value: unknown) => T;

/** A request in DynamoDB's JSON: bytes become base64, everything else is as the port has it. */
export function writeRequest(request: object): Buffer {
  return Buffer.from(JSON.stringify(encoded(request)));
}

/** The text of an answer in the port's types. Throws a `TableFailure` when it is not what `read` expects. */
export function readAnswer<T>(text: string, read: Read<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unreadable('JSON', cause);
  }
  return read(value);
}

const readItem = byName(readValue);
const readItems = list(readItem);
const readWrite: Read<WriteRequest> = members({ PutRequest: members({ Item: readItem }) });

// What each operation answers, as far as the port has it.
export const readOne = members({ Item: readItem });
export const readBatch = members({
  Responses: byName(readItems),
  UnprocessedKeys: byName(members({ Keys: readItems })),
});
export const readPage = members({ Items: readItems, LastEvaluatedKey: readItem });
export const readUpdated = members({ Attributes: readItem });
export const readLeft = members({ UnprocessedItems: byName(list(readWrite)) });
export const readDone = members({});

function list<T>(read: Read<T>): Read<T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw unreadable('a list');
    return value.map(read);
  };
}

/** An object with some of these members; what else it has is left out. */
function members<T extends object>(reads: { [K in keyof T]: Read<T[K]> }): Read<Partial<T>> {
  const names = Object.keys(reads) as (keyof T & string)[];
  return (value) => {
    const object = asObject(value);
    const result: Partial<T> = {};
    for (const name of names) if (object[name] !== undefined) result[name] = reads[name](object[name]);
    return result;
  };
}

function byName<T>(read: Read<T>): Read<Record<string, T>> {
  // Not by assignment: names are data, and one could be `__proto__`.
  return (value) => Object.fromEntries(Object.entries(asObject(value)).map(([name, each]) => [name, read(each)]));
}

function readValue(value: unknown): AttributeValue {
  const { S, N, B } = asObject(value);
  if (typeof S === 'string') return { S };
  if (typeof N === 'string') return { N };
  if (typeof B === 'string') return { B: Buffer.from(B, 'base64') };
  return {};
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable('an object');
  return value as Record<string, unknown>;
}

function unreadable(expected: string, cause?: unknown): TableFailure {
  return new TableFailure('UnreadableAnswer', `DynamoDB answered with something that is not ${expected}`, 'not', cause);
}

function encoded(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64');
  if (Array.isArray(value)) return value.map(encoded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, encoded(member)]));
}
