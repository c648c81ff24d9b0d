import type { BackendReply, SendFailure, SendResult } from '../backends/send-result.ts';
import { isJson } from '../catalogue/media-types.ts';
import type { Tool } from '../catalogue/types.ts';
import { adviseOnFailure, adviseOnStatus } from './advice.ts';
import type { ContentBlock, ShapedReply } from './content.ts';
import { explainRejection } from './explain-rejection.ts';
import { decodeText, isTextType, readMediaType } from './media-type.ts';
import { readJson } from './read-json.ts';

export type { ShapedReply } from './content.ts';

export interface ShapeOptions {
  /** Names the resource that an embedded reply is. */
  correlationId: string;
}

type Shaped = Pick<Tool, 'risk_level' | 'output_schema'>;

/**
 * Makes a tool's answer of what the backend sent. JSON becomes compact text and structured content, text stays text,
 * images and sounds become their blocks, other bytes an embedded resource. A status outside 2xx and a failure to get
 * an answer become errors whose structured content says what kind it is and what to do next. Pure; never throws.
 */
export function shapeReply(result: SendResult, tool: Shaped, options: ShapeOptions): ShapedReply {
  if (!result.ok) return shapeFailure(result, tool);
  const { reply } = result;
  if (reply.status < 200 || reply.status > 299) return shapeRejection(reply, tool);
  if (reply.body.byteLength === 0) return textReply(`The backend answered ${reply.status} without content.`);
  return shapeContent(reply, tool, options);
}

function shapeContent(reply: BackendReply, tool: Shaped, { correlationId }: ShapeOptions): ShapedReply {
  const { body } = reply;
  const { essence, charset } = readMediaType(reply.headers['content-type']);
  if (isJson(essence)) return shapeJson(decodeText(body, charset), essence, tool);
  if (isTextType(essence)) return textReply(decodeText(body, charset));
  if (essence === '') return shapeUnlabelled(body, tool, correlationId);
  return { content: [binaryBlock(body, essence, correlationId)], is_error: false };
}

function shapeJson(text: string, essence: string, tool: Shaped): ShapedReply {
  const json = readJson(text);
  if (json.ok) return jsonReply(json.value, json.compact, tool);
  return shapeFailure(
    {
      ok: false,
      kind: 'backend_reply_unreadable',
      message: `The backend’s answer is labelled ${essence} but ${json.reason}.`,
      sent: true,
    },
    tool,
  );
}

/** A reply without a usable content type is taken for what it can be read as. */
function shapeUnlabelled(body: Uint8Array, tool: Shaped, correlationId: string): ShapedReply {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return { content: [binaryBlock(body, 'application/octet-stream', correlationId)], is_error: false };
  }
  const json = /^\s*[[{]/.test(text) ? readJson(text) : undefined;
  return json?.ok ? jsonReply(json.value, json.compact, tool) : textReply(text);
}

function jsonReply(value: unknown, compact: string, tool: Shaped): ShapedReply {
  const reply = textReply(compact);
  return fits(value, tool.output_schema) ? { ...reply, structured_content: value } : reply;
}

/** Whether a value can be what an output schema promises: clients refuse structured content that is not. */
function fits(value: unknown, schema: Tool['output_schema']): boolean {
  if (!schema) return true;
  const types = [schema.type ?? 'object'].flat();
  return types.includes(typeOf(value)) || (types.includes('integer') && Number.isInteger(value));
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function binaryBlock(body: Uint8Array, mimeType: string, correlationId: string): ContentBlock {
  const data = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64');
  if (mimeType.startsWith('image/')) return { type: 'image', data, mimeType };
  if (mimeType.startsWith('audio/')) return { type: 'audio', data, mimeType };
  return { type: 'resource', resource: { uri: `gatehouse://reply/${correlationId}`, mimeType, blob: data } };
}

function shapeRejection(reply: BackendReply, tool: Shaped): ShapedReply {
  const { status } = reply;
  const said = explainRejection(reply);
  const retry_after_s = retryAfter(reply.headers);
  return errorReply({
    kind: status >= 500 ? 'backend_error' : 'backend_rejected',
    message: said === '' ? `The backend answered ${status}.` : `The backend answered ${status}: ${said}`,
    status,
    ...(retry_after_s !== undefined && { retry_after_s }),
    next_step: adviseOnStatus(status, retry_after_s, tool.risk_level),
  });
}

/** `Retry-After` in seconds (RFC 9110 section 10.2.3); a date counts from the reply's own `Date`. */
function retryAfter({ 'retry-after': after, date }: Record<string, string>): number | undefined {
  if (after === undefined) return undefined;
  if (/^\d{1,9}$/.test(after)) return Number(after);
  const seconds = Math.ceil((Date.parse(after) - Date.parse(date ?? '')) / 1_000);
  return Number.isNaN(seconds) ? undefined : Math.max(seconds, 0);
}

function shapeFailure(failure: SendFailure, tool: Shaped): ShapedReply {
  const { kind, message } = failure;
  return errorReply({ kind, message, next_step: adviseOnFailure(failure, tool.risk_level) });
}

/** What the model can act on: the text for those that read only text, the fields for the others. */
interface ToolError {
  kind: string;
  message: string;
  status?: number;
  retry_after_s?: number;
  next_step: string;
}

function errorReply(error: ToolError): ShapedReply {
  const reply = textReply(`${error.message}\n${error.next_step}`);
  return { ...reply, structured_content: error, is_error: true, kind: error.kind };
}

function textReply(text: string): ShapedReply {
  return { content: [{ type: 'text', text }], is_error: false };
}
