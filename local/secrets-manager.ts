import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Secrets Manager as far as the gateway uses it: three operations of its JSON 1.1 protocol. */
export interface SecretsManagerServer {
  endpoint: string;
  /** Texts by name, as a console shows them. */
  secrets: Map<string, string>;
  /** Operations in the order in which they were asked for. */
  requests: string[];
  /** Asked before every operation: the error to answer with, if any. May change the secrets, as somebody else could. */
  before: (operation: string) => string | undefined;
  close(): Promise<void>;
}

export async function startSecretsManager(): Promise<SecretsManagerServer> {
  const secrets = new Map<string, string>();
  const http = createServer((request, response) => void answer(request, response));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server: SecretsManagerServer = {
    endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    secrets,
    requests: [],
    before: () => undefined,
    async close() {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = String(request.headers['x-amz-target']).replace('secretsmanager.', '');
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    server.requests.push(operation);
    const failure = server.before(operation) ?? refusal(operation, body);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (failure) {
      response.statusCode = failure === 'InternalServiceError' ? 500 : 400;
      response.end(JSON.stringify({ __type: failure, message: 'No.' }));
      return;
    }
    response.end(JSON.stringify(carryOut(operation, body)));
  }

  function refusal(operation: string, { SecretId, Name }: { SecretId: string; Name: string }): string | undefined {
    if (operation === 'CreateSecret') return secrets.has(Name) ? 'ResourceExistsException' : undefined;
    return secrets.has(SecretId) ? undefined : 'ResourceNotFoundException';
  }

  function carryOut(operation: string, body: { SecretId: string; Name: string; SecretString: string }): object {
    const name = body.SecretId ?? body.Name;
    if (operation !== 'GetSecretValue') secrets.set(name, body.SecretString);
    return { ARN: `arn:aws:secretsmanager:local:0:secret:${name}`, Name: name, SecretString: secrets.get(name) };
  }

  return server;
}
