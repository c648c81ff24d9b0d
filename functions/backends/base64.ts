import { GatewayError } from '../gateway/errors.ts';

/** The bytes of an argument that is base64 or base64url. Throws `invalid` naming the argument if it is neither. */
export function readBase64(value: unknown, argument: string): Uint8Array {
  const text = typeof value === 'string' ? value.replace(/\s+/g, '') : undefined;
  if (text === undefined || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(text) || text.replace(/=+$/, '').length % 4 === 1) {
    const message = `Argument "${argument}" is binary content and must be a base64 string.`;
    throw new GatewayError('invalid', message, { field: argument });
  }
  return Buffer.from(text, 'base64');
}
