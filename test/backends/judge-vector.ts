import { isDeepStrictEqual } from 'node:util';
import { readParts } from './read-parts.ts';
import type { BodyVector, ParameterVector } from './vectors.ts';

/** A request on its way, from whoever saw it. */
export interface SentRequest {
  /** Path and query, as they are on the wire. */
  target: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
}

/** What became of a call: it was sent, or refused before that. */
export type Sending = { sent: SentRequest } | { refused: string };

export interface Fault {
  expected: string;
  got: string;
}

/** The arguments that a vector gives to the tool whose only argument is `argument`. */
export function argumentsOf({ value }: ParameterVector, argument: string): Record<string, unknown> {
  return value === '__ABSENT__' ? {} : { [argument]: value };
}

/** The path template that the documents of the vectors have for a parameter. */
export function pathOf({ id, param }: ParameterVector): string {
  return param.in === 'path' ? `/v/${id}/{${param.name}}/end` : `/v/${id}`;
}

/** Where a request departs from its vector: the raw text at the place of its parameter is compared. */
export function judgeParameter(vector: ParameterVector, sending: Sending, argument: string): Fault | undefined {
  if ('refused' in sending) {
    if (vector.expectError && sending.refused.includes(argument)) return undefined;
    return { expected: textsOf(vector), got: `the refusal ${JSON.stringify(sending.refused)}` };
  }
  const text = textAt(vector, sending.sent);
  const isRight = vector.expectError
    ? false
    : vector.expectAbsent
      ? text === undefined
      : text !== undefined && [vector.expect, ...vector.alternatives].includes(text);
  return isRight
    ? undefined
    : { expected: textsOf(vector), got: text === undefined ? 'nothing' : JSON.stringify(text) };
}

function textsOf({ expect, alternatives, expectAbsent, expectError }: ParameterVector): string {
  if (expectError) return 'a refusal that names the argument';
  return expectAbsent ? 'nothing' : [expect, ...alternatives].map((text) => JSON.stringify(text)).join(' or ');
}

function textAt({ id, param }: ParameterVector, { target, headers }: SentRequest): string | undefined {
  const [path = '', ...query] = target.split('?');
  switch (param.in) {
    case 'path':
      return path.startsWith(`/v/${id}/`) && path.endsWith('/end') ? path.slice(`/v/${id}/`.length, -4) : path;
    case 'header':
      return headers[param.name.toLowerCase()];
    case 'cookie':
      return headers.cookie;
    default:
      return query.length > 0 ? query.join('?') : undefined;
  }
}

/** Where a body departs from its vector: it is read by its content type and compared with what went in. */
export function judgeBody({ expect }: BodyVector, sending: Sending): Fault | undefined {
  if ('refused' in sending) {
    return { expected: JSON.stringify(expect), got: `the refusal ${JSON.stringify(sending.refused)}` };
  }
  const found = readBody(expect, sending.sent);
  return isDeepStrictEqual(found, expect)
    ? undefined
    : { expected: JSON.stringify(expect), got: JSON.stringify(found) };
}

/** The body in the terms of what is expected of it. */
function readBody(expect: BodyVector['expect'], { headers, body }: SentRequest): unknown {
  const contentType = headers['content-type'] ?? '';
  return {
    contentType: contentType.startsWith('multipart/') ? contentType.split(';')[0] : contentType,
    ...(expect.json !== undefined && { json: tryJson(body) }),
    ...(expect.text !== undefined && { text: body.toString() }),
    ...(expect.base64 !== undefined && { base64: body.toString('base64') }),
    ...(expect.form && { form: [...new URLSearchParams(body.toString())] }),
    ...(expect.parts && {
      parts: readParts(contentType, body).map(({ name, filename, type, content }, index) => {
        const wanted = expect.parts?.[index];
        return {
          name,
          ...(wanted?.text !== undefined && { text: content.toString() }),
          ...(wanted?.base64 !== undefined && { base64: content.toString('base64') }),
          ...(wanted?.json !== undefined && { json: tryJson(content) }),
          ...((filename !== undefined || wanted?.filename) && { filename: filename !== undefined }),
          ...(wanted?.contentType !== undefined && { contentType: type }),
        };
      }),
    }),
  };
}

function tryJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return `no JSON: ${body.toString()}`;
  }
}
