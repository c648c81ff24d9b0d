import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { onLoopback } from './on-loopback.ts';

/** An operation that somebody asks for. */
export interface SecretRequest {
  operation: string;
  /** Of the secret. */
  name: string;
  /** The request's `Authorization` header. */
  authorization: string;
}

/** Secrets Manager as far as the gateway uses it: three operations of its JSON 1.1 protocol. */
export interface SecretsManagerServer {
  endpoint: string;
  /** Texts by name, as a console shows them. */
  secrets: Map<string, string>;
  /** Operations in the order in which they were asked for. */
  requests: string[];
  /** Asked before every operation: the error to answer with, if any. May change the secrets, as somebody else could. */
  before: (request: SecretRequest) => string | undefined;
  close(): Promise<void>;
}

const operationSchema = z.enum(['GetSecretValue', 'PutSecretValue', 'CreateSecret']);

const bodySchema = z
  .object({ SecretId: z.string().optional(), Name: z.string().optional(), SecretString: z.string().optional() })
  .transform(({ SecretId, Name, SecretString }) => ({ name: SecretId ?? Name ?? '', text: SecretString ?? '' }));

/** Starts Secrets Manager inside this process, on 127.0.0.1 only. Nothing is kept. */
export async function startSecretsManager(): Promise<SecretsManagerServer> {
  const secrets = new Map<string, string>();
  const http = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  const { url, close } = await onLoopback(http);
  const server: SecretsManagerServer = {
    endpoint: url,
    secrets,
    requests: [],
    before: () => undefined,
    close,
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = operationSchema.parse(String(request.headers['x-amz-target']).replace('secretsmanager.', ''));
    const { name, text } = bodySchema.parse(JSON.parse(Buffer.concat(await request.toArray()).toString()));
    server.requests.push(operation);
    const authorization = request.headers.authorization ?? '';
    const failure = server.before({ operation, name, authorization }) ?? refusal(operation, name);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (failure) {
      response.statusCode = failure === 'InternalServiceError' ? 500 : 400;
      response.end(JSON.stringify({ __type: failure, message: 'No.' }));
      return;
    }
    if (operation !== 'GetSecretValue') secrets.set(name, text);
    response.end(
      JSON.stringify({
        ARN: `arn:aws:secretsmanager:local:0:secret:${name}`,
        Name: name,
        SecretString: secrets.get(name),
      }),
    );
  }

  function refusal(operation: string, name: string): string | undefined {
    if (operation === 'CreateSecret') return secrets.has(name) ? 'ResourceExistsException' : undefined;
    return secrets.has(name) ? undefined : 'ResourceNotFoundException';
  }

  return server;
}
