import { isText } from '../catalogue/media-types.ts';

/** A media type as a reply names it (RFC 9110 section 8.3), lower-case. */
export interface MediaType {
  /** `application/json`; empty when there is none that can be read. */
  essence: string;
  charset: string;
}

export function readMediaType(header: string | undefined): MediaType {
  const [type = '', ...parameters] = (header ?? '').toLowerCase().split(';');
  const essence = type.trim();
  const charset = parameters.map((parameter) => /^\s*charset="?([^"\s]+)"?\s*$/.exec(parameter)?.[1]).find(Boolean);
  return { essence: /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(essence) ? essence : '', charset: charset ?? 'utf-8' };
}

/** What is shown as text: a form is no text to who sends one, but it is to who reads it. */
export function isTextType(essence: string): boolean {
  return isText(essence) || /[/+]x-www-form-urlencoded$/.test(essence);
}

/** Text in its charset, or as UTF-8 when that is unknown; what does not decode becomes U+FFFD. A byte-order mark is dropped. */
export function decodeText(bytes: Uint8Array, charset: string): string {
  return decoderFor(charset).decode(bytes);
}

function decoderFor(charset: string) {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}
