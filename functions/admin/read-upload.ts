import { gunzipSync } from 'node:zlib';
import type { Bundle } from '../catalogue/types.ts';
import { GatewayError } from '../gateway/errors.ts';
import { bundleOf } from '../import/document/bundle-of.ts';
import { isTar, readTar } from '../import/document/read-tar.ts';

const maxUnpackedBytes = 20 * 1_048_576;

/**
 * A document as it came: a text, or bytes, gzip or plain, of a text or of a tar archive whose document is `entry`. What
 * it is is told by its first bytes. Throws `too_large` beyond 20 MB unpacked, `invalid` for what cannot be unpacked.
 */
export function readUpload(body: string | Uint8Array, entry: string | undefined): string | Bundle {
  if (typeof body !== 'string') return readBytes(body, entry);
  // What is left of gzip when somebody on the way has taken it for text.
  if (body.startsWith('\x1f\uFFFD')) {
    throw new GatewayError('invalid', 'The gzip data was sent as text. Send it as Content-Type: application/gzip.', {
      field: 'content-type',
    });
  }
  return body;
}

function readBytes(bytes: Uint8Array, entry: string | undefined): string | Bundle {
  const content = unpacked(bytes);
  if (isTar(content)) return bundleOf(readTar(content), entry);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    const message = 'The document is neither UTF-8 text nor a tar archive, plain or compressed by gzip.';
    throw new GatewayError('invalid', message, { field: 'document' });
  }
}

/** The bytes, unpacked if they are gzip. Throws as `readUpload` does. */
export function unpacked(bytes: Uint8Array): Uint8Array {
  const content = bytes[0] === 0x1f && bytes[1] === 0x8b ? unzip(bytes) : bytes;
  if (content.length > maxUnpackedBytes) throw tooLarge();
  return content;
}

function unzip(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxUnpackedBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new GatewayError('invalid', 'The gzip data is damaged or not complete. Compress it anew and send it again.', {
      field: 'document',
      cause,
    });
  }
}

function tooLarge(): GatewayError {
  return new GatewayError('too_large', `The document is larger than ${maxUnpackedBytes} bytes when it is unpacked.`, {
    field: 'document',
  });
}
