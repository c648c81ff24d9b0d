import type { Principal } from '../auth/principal.ts';
import type { SendResult } from '../backends/send-result.ts';
import type { ShapedReply } from './content.ts';
import { readMediaType } from './media-type.ts';

/** Where a result can be read, and until when. */
export interface KeptResult {
  uri: string;
  size: number;
  /** ISO 8601. */
  expires_at: string;
}

/** Keeps a result for its principal; `undefined` when it is too large for that too. A text is given as such. */
export type KeepResult = (
  principal: Principal,
  content: string | Uint8Array,
  mediaType: string,
) => Promise<KeptResult | undefined>;

/** Bytes of a text or a file that an answer carries: more is more than a model has room for. */
const maxInlineBytes = 262_144;
/** Of what people and models look at or listen to, which they cannot do by way of a link. */
const maxMediaBytes = 1_048_576;
/** Characters that an answer shows of a text that is kept elsewhere. */
const shownCharacters = 2_000;

/** The answer, or in its place where it can be read if it is too large to be one and can be kept. */
export async function linkLarge(
  answer: ShapedReply,
  result: SendResult,
  principal: Principal,
  keep: KeepResult | undefined,
): Promise<ShapedReply> {
  const [block] = answer.content;
  if (!keep || !result.ok || answer.is_error || !block) return answer;
  const { body, headers } = result.reply;
  const isMedia = block.type === 'image' || block.type === 'audio';
  if (body.byteLength <= (isMedia ? maxMediaBytes : maxInlineBytes)) return answer;
  const text = block.type === 'text' ? block.text : undefined;
  const mediaType = readMediaType(headers['content-type']).essence || guessedType(text, answer);
  const kept = await keep(principal, text ?? body, mediaType);
  return kept ? linkTo(kept, mediaType, text) : answer;
}

/** Of a reply without a content type, which was taken for what it could be read as. */
function guessedType(text: string | undefined, { structured_content }: ShapedReply): string {
  if (text === undefined) return 'application/octet-stream';
  return structured_content === undefined ? 'text/plain' : 'application/json';
}

function linkTo({ uri, size, expires_at }: KeptResult, mimeType: string, text: string | undefined): ShapedReply {
  const told = `The result has ${size} bytes of ${mimeType}, too many for an answer. Until ${expires_at} it can be read as the resource ${uri}. To get less, use the filters, fields or paging that the arguments offer.`;
  const shown = text === undefined ? '' : `\n\nIt begins with:\n${text.slice(0, shownCharacters).toWellFormed()}`;
  return {
    content: [
      { type: 'text', text: told + shown },
      { type: 'resource_link', uri, name: uri.slice(uri.lastIndexOf('/') + 1), mimeType, size },
    ],
    is_error: false,
  };
}
