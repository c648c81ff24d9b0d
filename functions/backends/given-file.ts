import { refused } from './checked-text.ts';

/** A file as an argument gives it. */
export interface GivenFile {
  bytes: Uint8Array;
  /** Its media type and name, which only a `data:` URI can say. */
  type?: string | undefined;
  name?: string | undefined;
}

/**
 * The file that an argument is: base64, base64url, or a `data:` URI (RFC 2397) with its type and, by custom, a `name`.
 * Other links are refused: whoever fetches them on behalf of a caller can be led to any address. Throws `invalid`
 * naming the argument.
 */
export function readGivenFile(value: unknown, argument: string): GivenFile {
  if (typeof value !== 'string') throw notAFile(argument);
  if (/^\s*data:/i.test(value)) return readDataUri(value.trim(), argument);
  if (/^\s*[a-z][a-z0-9+.-]*:/i.test(value)) {
    throw refused(
      argument,
      'is a link, which the gateway does not fetch: send the bytes in base64 or as a `data:` URI (`data:image/png;base64,…`)',
    );
  }
  return { bytes: fromBase64(value, argument) };
}

function readDataUri(uri: string, argument: string): GivenFile {
  const comma = uri.indexOf(',');
  const [type = '', ...settings] = uri.slice('data:'.length, comma).split(';');
  const isBase64 = settings.at(-1)?.trim().toLowerCase() === 'base64';
  const data = uri.slice(comma + 1);
  if (comma < 0 || !/^(?:[\w!#$&^.+-]+\/[\w!#$&^.+-]+)?$/.test(type)) throw notAFile(argument);
  const name = settings.find((setting) => /^(?:file)?name=/i.test(setting));
  const charset = settings.find((setting) => /^charset=[\w.:-]+$/i.test(setting));
  const bytes = fromPercents(data);
  return {
    bytes: isBase64 ? fromBase64(bytes.toString('latin1'), argument) : bytes,
    ...(type !== '' && { type: charset === undefined ? type : `${type};${charset}` }),
    ...(name !== undefined && { name: fromPercents(name.slice(name.indexOf('=') + 1)).toString() }),
  };
}

function fromBase64(value: string, argument: string): Buffer {
  const text = value.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text) || text.replace(/=+$/, '').length % 4 === 1) throw notAFile(argument);
  return Buffer.from(text, 'base64');
}

/** What is not a percent triple stands for its own UTF-8. */
function fromPercents(text: string): Buffer {
  const ascii = text.toWellFormed().replace(/[^\0-\x7f]+/g, encodeURIComponent);
  const bytes = ascii.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return Buffer.from(bytes, 'latin1');
}

function notAFile(argument: string) {
  return refused(
    argument,
    'is binary content and must be a base64 string or a `data:` URI (`data:image/png;base64,…`)',
  );
}
