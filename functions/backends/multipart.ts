import { isJson } from '../catalogue/media-types.ts';
import { checkWellFormed, textOf } from './checked-text.ts';
import { type Field, fieldPairs, isStyled } from './form.ts';
import { readGivenFile } from './given-file.ts';
import { typeToSend } from './media-types.ts';

/** A field of a multipart body; an item of a body that is a list has no name. */
export type PartField = Omit<Field, 'name'> & { name?: string };

interface Part {
  name: string | undefined;
  content_type?: string | undefined;
  filename?: string | undefined;
  headers?: Record<string, string> | undefined;
  content: Uint8Array;
}

/**
 * A multipart body of its parts (RFC 7578): scalars as text, objects as JSON, arrays as one part per item, binary
 * properties as files, and what has a style as that style writes it. Pure: equal fields give equal bytes. Throws
 * `invalid` naming the argument that cannot be sent.
 */
export function writeMultipart(fields: PartField[], type: string): { content_type: string; payload: Uint8Array } {
  const parts = fields.flatMap(partsOf);
  const boundary = boundaryFor(parts);
  const chunks = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n${headersOf(part)}\r\n`),
    part.content,
    Buffer.from('\r\n'),
  ]);
  return {
    content_type: `${type}; boundary=${boundary}`,
    payload: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

function partsOf(field: PartField): Part[] {
  const { argument, name, value, encoding } = field;
  const { headers } = encoding;
  if (value === null || value === undefined) return [];
  if (name !== undefined && !encoding.binary && isStyled(encoding)) {
    const pairs = fieldPairs({ ...field, name }, (text) => checkWellFormed(text, argument));
    return pairs.map(([key, text]) => ({ name: key, headers, content: Buffer.from(text) }));
  }
  if (Array.isArray(value) && name !== undefined) return value.flatMap((item) => partsOf({ ...field, value: item }));
  const declared = encoding.content_type?.split(',').map((type) => type.trim());
  if (encoding.binary) {
    const { bytes, type, name: own } = readGivenFile(value, argument);
    const content_type = declared ? typeToSend(declared, type) : (type ?? 'application/octet-stream');
    return [{ name, content_type, filename: own ?? name ?? 'file', headers, content: bytes }];
  }
  const content_type = declared ? typeToSend(declared) : typeof value === 'object' ? 'application/json' : undefined;
  const text = content_type !== undefined && isJson(content_type) ? JSON.stringify(value) : textOf(value);
  return [{ name, content_type, headers, content: Buffer.from(checkWellFormed(text, argument)) }];
}

function headersOf({ name, content_type, filename, headers }: Part): string {
  const all: Record<string, string> = { ...headers };
  const file = filename === undefined ? '' : `; filename="${quoted(filename)}"`;
  if (name !== undefined) all['Content-Disposition'] = `form-data; name="${quoted(name)}"${file}`;
  else if (file !== '') all['Content-Disposition'] = `attachment${file}`;
  if (content_type !== undefined) all['Content-Type'] = content_type;
  return Object.entries(all)
    .map(([header, text]) => `${header}: ${text.replace(/[\r\n]/g, '')}\r\n`)
    .join('');
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
