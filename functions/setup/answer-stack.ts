import { request } from 'node:https';
import * as z from 'zod/mini';
import { GatewayError } from '../gateway/errors.ts';

/** What CloudFormation tells the function behind a custom resource, as far as it counts here. */
const stackEventSchema = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.string(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
});
type StackEvent = z.infer<typeof stackEventSchema>;

/** Puts a text where an URL says. Rejects unless it was taken. */
export type Put = (url: string, body: string) => Promise<void>;

/**
 * Does what a custom resource is there for, `physicalId` being its constant identity, and tells CloudFormation how it
 * went; deleting the resource does nothing. The reason of a failure is safe to read in the stack's events. Rejects
 * when the answer cannot be given: Lambda then starts the function again, so the work must bear repetition.
 */
export async function answerStack(
  event: unknown,
  physicalId: string,
  work: () => Promise<void>,
  put: Put = putOverHttps,
): Promise<void> {
  const { RequestType, ResponseURL, StackId, RequestId, LogicalResourceId } = parseStackEvent(event);
  const failure = RequestType === 'Delete' ? undefined : await failureOf(work);
  const answer = {
    Status: failure === undefined ? 'SUCCESS' : 'FAILED',
    ...(failure !== undefined && { Reason: failure }),
    PhysicalResourceId: physicalId,
    StackId,
    RequestId,
    LogicalResourceId,
  };
  await put(ResponseURL, JSON.stringify(answer));
}

function parseStackEvent(event: unknown): StackEvent {
  const parsed = z.safeParse(stackEventSchema, event);
  if (parsed.success) return parsed.data;
  throw new GatewayError('internal', 'The function was not invoked by CloudFormation.');
}

async function failureOf(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error instanceof GatewayError ? error.message : 'The function failed; its log says why.';
  }
}

function putOverHttps(url: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // The URL is signed for a request without a content type.
    const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'PUT', headers, timeout: 10_000 }, (reply) => {
      reply.resume();
      reply.on('end', () =>
        reply.statusCode === 200
          ? resolve()
          : reject(new GatewayError('internal', `CloudFormation took no answer: ${reply.statusCode}.`)),
      );
    });
    sent.on('timeout', () => sent.destroy(new GatewayError('internal', 'CloudFormation took no answer in time.')));
    sent.on('error', reject);
    sent.end(body);
  });
}
