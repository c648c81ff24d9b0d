import type { PropertyEncoding } from '../catalogue/types.ts';
import { readBase64 } from './base64.ts';
import { checkWellFormed, textOf } from './parameters.ts';

/** One property of a form or multipart body. */
export interface Field {
  argument: string;
  name: string;
  value: unknown;
  encoding: PropertyEncoding;
}

interface Part {
  name: string;
  content_type?: string | undefined;
  filename?: string;
  content: Uint8Array;
}

/**
 * A multipart body of named parts (RFC 7578): scalars as text, objects as JSON, arrays as one part per item, binary
 * properties as files. Pure: equal fields give equal bytes. Throws `invalid` naming an argument that is not base64.
 */
export function writeMultipart(fields: Field[], type: string): { content_type: string; payload: Uint8Array } {
  const parts = fields.flatMap(partsOf);
  const boundary = boundaryFor(parts);
  const chunks = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n${headersOf(part)}\r\n\r\n`),
    part.content,
    Buffer.from('\r\n'),
  ]);
  return {
    content_type: `${type}; boundary=${boundary}`,
    payload: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

function partsOf(field: Field): Part[] {
  const { argument, name, value, encoding } = field;
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap((item) => partsOf({ ...field, value: item }));
  // An encoding may list several types (`image/png, image/jpeg`); the first stands for them.
  const declared = encoding.content_type?.split(',')[0]?.trim();
  if (encoding.binary) {
    const content = readBase64(value, argument);
    return [{ name, content_type: declared ?? 'application/octet-stream', filename: name, content }];
  }
  const isJson = declared === undefined ? typeof value === 'object' : /[/+]json\b/i.test(declared);
  const text = isJson ? JSON.stringify(value) : checkWellFormed(textOf(value), argument);
  return [{ name, content_type: declared ?? (isJson ? 'application/json' : undefined), content: Buffer.from(text) }];
}

function headersOf({ name, content_type, filename }: Part): string {
  const file = filename === undefined ? '' : `; filename="${quoted(filename)}"`;
  const disposition = `Content-Disposition: form-data; name="${quoted(name)}"${file}`;
  return content_type === undefined
    ? disposition
    : `${disposition}\r\nContent-Type: ${content_type.replace(/[\r\n]/g, '')}`;
}

/** As browsers escape names (HTML, "multipart/form-data encoding algorithm"), so that none can end its header. */
function quoted(name: string): string {
  return name.replace(/[\r\n"]/g, (character) => encodeURIComponent(character));
}

/** The first numbered boundary that no part contains: one pass over the content, whatever the content is. */
function boundaryFor(parts: Part[]): string {
  const taken = new Set<string>();
  for (const { content } of parts) {
    const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1');
    for (const [found] of text.matchAll(/gatehouse-part-\d+/g)) taken.add(found);
  }
  let number = 1;
  while (taken.has(`gatehouse-part-${number}`)) number += 1;
  return `gatehouse-part-${number}`;
}
