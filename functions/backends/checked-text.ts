import { GatewayError } from '../gateway/errors.ts';

/** Scalars in their JSON form; what is nested deeper than a style reaches as JSON text, which loses nothing. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Text with half a surrogate pair has no UTF-8 form. Returns the text; throws `invalid` naming the argument. */
export function checkWellFormed(text: string, argument: string): string {
  if (text.isWellFormed()) return text;
  throw refused(argument, 'has half of a surrogate pair: send valid Unicode text');
}

/** Headers are not percent-encoded (OpenAPI 3.2), so what would end or break one is refused (RFC 9110 section 5.5). */
export function checkHeaderText(text: string, argument: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) return text;
  throw refused(
    argument,
    'is sent as an HTTP header: leave out line breaks, control characters and characters beyond Latin-1',
  );
}

/** The style `cookie` escapes nothing (OpenAPI 3.2), so what would end a cookie and begin another is refused. */
export function checkCookieText(text: string, argument: string): string {
  if (/^[\x20-\x3a\x3c-\x7e\x80-\xff]*$/.test(text)) return text;
  throw refused(
    argument,
    'is sent as a cookie, as it is: leave out semicolons, control characters and characters beyond Latin-1',
  );
}

/** The error for an argument that its place in the request cannot carry; `reason` completes its sentence. */
export function refused(argument: string, reason: string): GatewayError {
  return new GatewayError('invalid', `Argument "${argument}" ${reason}.`, { field: argument });
}
