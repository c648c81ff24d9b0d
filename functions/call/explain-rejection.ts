import type { BackendReply } from '../backends/send-result.ts';
import { isJson } from '../catalogue/media-types.ts';
import { decodeText, isTextType, readMediaType } from './media-type.ts';
import { readJson } from './read-json.ts';

const maxLength = 2_000;

/** What an answer with an error status says, in at most 2,000 characters; empty when it says nothing readable. */
export function explainRejection({ headers, body }: BackendReply): string {
  const { essence, charset } = readMediaType(headers['content-type']);
  // The markup of an error page is made for a browser.
  if (body.byteLength === 0 || essence === 'text/html') return '';
  if (!isJson(essence) && !isTextType(essence)) return '';
  const text = decodeText(body, charset).trim();
  const json = isJson(essence) ? readJson(text) : undefined;
  return bounded(json?.ok ? describe(json.value, json.compact) : text);
}

/** The fields in which APIs say what is wrong: problem details (RFC 9457), OAuth errors (RFC 6749), common custom. */
function describe(value: unknown, compact: string): string {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return compact;
  const nested = isObject(value.error) ? value.error : {};
  const said = [...headlines.map((name) => value[name]), ...headlines.map((name) => nested[name])];
  const sentences = [...new Set(said.filter((text) => typeof text === 'string' && text !== ''))];
  if (sentences.length === 0) return compact;
  const particulars = listings
    .map((name) => value[name] ?? nested[name])
    .filter((list) => typeof list === 'object' && list);
  return [sentences.join(': '), ...particulars.map((list) => JSON.stringify(list))].join(' ');
}

const headlines = ['title', 'error', 'error_description', 'message', 'detail', 'reason'];
const listings = ['detail', 'details', 'errors', 'invalid-params', 'invalid_params', 'violations'];

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without control characters, which have no business in a message. */
function bounded(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  const clean = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]+/g, ' ');
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength - 1).toWellFormed()}…`;
}
