import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GatewayError } from '../../functions/gateway/errors.ts';
import { answerStack } from '../../functions/setup/answer-stack.ts';
import { selfSigned } from '../../local/self-signed.ts';

const { cert, key } = selfSigned('localhost');
let status = 200;
const received: { method: string | undefined; contentType: string | undefined; body: unknown }[] = [];
const server = createServer({ cert, key }, async (request, response) => {
  const body: unknown = JSON.parse(Buffer.concat(await request.toArray()).toString());
  received.push({ method: request.method, contentType: request.headers['content-type'], body });
  response.writeHead(status).end();
});

beforeAll(async () => {
  setDefaultCACertificates([...getCACertificates(), cert]);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise<unknown>((resolve) => server.close(resolve)));

const eventOf = (RequestType: string) => ({
  RequestType,
  ResponseURL: `https://127.0.0.1:${(server.address() as AddressInfo).port}/answer?signature=abc`,
  StackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/gatehouse/1',
  RequestId: 'request-1',
  LogicalResourceId: 'FirstAdminKey',
});

/** What CloudFormation is told when the work does this. */
async function answerTo(RequestType: string, work: () => Promise<void>): Promise<unknown> {
  received.length = 0;
  status = 200;
  await answerStack(eventOf(RequestType), 'first-admin-key', work);
  expect(received).toHaveLength(1);
  return received[0]?.body;
}

const same = {
  PhysicalResourceId: 'first-admin-key',
  StackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/gatehouse/1',
  RequestId: 'request-1',
  LogicalResourceId: 'FirstAdminKey',
};

describe('a custom resource', () => {
  it.each(['Create', 'Update'])('does its work on %s and reports success', async (type) => {
    let worked = 0;
    const answer = await answerTo(type, async () => {
      worked += 1;
    });
    expect(worked).toBe(1);
    expect(answer).toEqual({ ...same, Status: 'SUCCESS' });
  });

  it('is put without a content type, as the URL is signed', async () => {
    await answerTo('Create', async () => {});
    expect(received[0]).toMatchObject({ method: 'PUT', contentType: '' });
  });

  it('does nothing when it is deleted, and reports success', async () => {
    const answer = await answerTo('Delete', () => Promise.reject(new Error('must not run')));
    expect(answer).toEqual({ ...same, Status: 'SUCCESS' });
  });

  it('reports a failure of the gateway with its message', async () => {
    const answer = await answerTo('Create', () =>
      Promise.reject(new GatewayError('unavailable', 'The pepper of the API keys is not set.')),
    );
    expect(answer).toEqual({ ...same, Status: 'FAILED', Reason: 'The pepper of the API keys is not set.' });
  });

  it('keeps any other failure to the log', async () => {
    const answer = await answerTo('Create', () => Promise.reject(new Error('secret detail')));
    expect(answer).toEqual({ ...same, Status: 'FAILED', Reason: 'The function failed; its log says why.' });
  });

  it('fails when CloudFormation does not take the answer, so that Lambda tries again', async () => {
    status = 503;
    await expect(answerStack(eventOf('Create'), 'first-admin-key', async () => {})).rejects.toThrow('503');
  });

  it('is nothing that anyone else may invoke', async () => {
    await expect(answerStack({ RequestType: 'Create' }, 'first-admin-key', async () => {})).rejects.toThrow(
      'not invoked by CloudFormation',
    );
  });
});
