import { GatewayError } from '../../gateway/errors.ts';

/** A member of an archive. */
export interface ArchivedFile {
  /** Relative to the root of the archive, without `.` and `..`. */
  path: string;
  bytes: Uint8Array;
}

export interface Archive {
  files: ArchivedFile[];
  /** Paths of links, devices and the like, which are never followed. */
  links: string[];
}

const block = 512;
const maxFiles = 10_000;

/** Whether the bytes begin as a tar archive does: with a header that has the right checksum. */
export function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= block && hasChecksum(bytes.subarray(0, block));
}

/**
 * Reads a tar archive (POSIX.1-2001 `ustar` and `pax`, GNU). Throws `invalid` for one that is damaged, that has too
 * many files, or in which a path leads out of the archive.
 */
export function readTar(bytes: Uint8Array): Archive {
  const files = new Map<string, ArchivedFile>();
  const links: string[] = [];
  /** What extended headers say of the member that follows them. */
  let extended: Record<string, string> = {};
  for (let offset = 0; offset + block <= bytes.length; ) {
    const header = bytes.subarray(offset, offset + block);
    if (header.every((byte) => byte === 0)) break;
    if (!hasChecksum(header)) throw damaged(`its header at byte ${offset} is wrong`);
    const type = textIn(header, 156, 1);
    const size = extended.size === undefined || 'xgLK'.includes(type || '0') ? sizeIn(header) : Number(extended.size);
    const start = offset + block;
    if (!Number.isSafeInteger(size) || size < 0 || start + size > bytes.length) throw damaged('it ends early');
    const content = bytes.subarray(start, start + size);
    offset = start + Math.ceil(size / block) * block;

    if (type === 'x') extended = { ...extended, ...paxRecords(content) };
    else if (type === 'L') extended = { ...extended, path: textIn(content, 0, size) };
    else if (type !== 'g' && type !== 'K') {
      const path = insidePath(extended.path ?? nameIn(header));
      if (type === '' || type === '0' || type === '7') files.set(path, { path, bytes: content });
      else if (type !== '5') links.push(path);
      if (files.size > maxFiles) throw damaged(`it has more than ${maxFiles} files`);
      extended = {};
    }
  }
  return { files: [...files.values()], links };
}

/** The sum of the header's bytes, the field itself counted as blanks. */
function hasChecksum(header: Uint8Array): boolean {
  const written = Number.parseInt(textIn(header, 148, 8), 8);
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  return written === sum;
}

/** Octal digits, or, where the first bit is set, a binary number. */
function sizeIn(header: Uint8Array): number {
  if (((header[124] ?? 0) & 0x80) === 0) return Number.parseInt(textIn(header, 124, 12).trim() || '0', 8);
  return header.subarray(125, 136).reduce((value, byte) => value * 256 + byte, (header[124] ?? 0) & 0x7f);
}

function nameIn(header: Uint8Array): string {
  const name = textIn(header, 0, 100);
  // GNU keeps other things where POSIX has the directories of a long path.
  const prefix = textIn(header, 257, 6) === 'ustar' ? textIn(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Records of the form `length key=value\n`, where the length counts the bytes of all of it. */
function paxRecords(content: Uint8Array): Record<string, string> {
  const records: Record<string, string> = {};
  for (let at = 0; at < content.length; ) {
    const [, digits = ''] = /^(\d+) /.exec(textIn(content, at, 20)) ?? [];
    const length = Number(digits);
    if (length <= digits.length) throw damaged('an extended header is wrong');
    const [key = '', ...value] = textIn(content, at + digits.length + 1, length - digits.length - 2).split('=');
    if (key === 'path' || key === 'size') records[key] = value.join('=');
    at += length;
  }
  return records;
}

function textIn(bytes: Uint8Array, start: number, length: number): string {
  const text = new TextDecoder().decode(bytes.subarray(start, start + length));
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}

/** The path without `.`, `..` and a leading slash. Throws `invalid` when it leads out of the archive. */
function insidePath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined)
      throw damaged(`its path ${JSON.stringify(path.slice(0, 200))} leads out of it`);
  }
  return segments.join('/');
}

function damaged(problem: string): GatewayError {
  return new GatewayError('invalid', `The archive cannot be read: ${problem}. Make it anew with \`tar -cz\`.`, {
    field: 'document',
  });
}
