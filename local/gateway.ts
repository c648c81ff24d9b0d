import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { type ApiGateway, startApiGateway } from './api-gateway.ts';
import { inProcess } from './in-process.ts';
import { startLambdaApi } from './lambda-api.ts';

/** The longest that Lambda lets a function run. */
const workerTimeoutMs = 900_000;

/**
 * Serves the gateway's own handlers at `publicUrl`, a loopback URL with a port. `env` becomes the environment of this
 * process, because functions read theirs when they are first loaded: one gateway a process.
 */
export async function serveGateway(publicUrl: string, env: Record<string, string>): Promise<ApiGateway> {
  const invoke = inProcess();
  const lambda = await startLambdaApi({
    invoke,
    find: (functionName) => ({ functionName, timeoutMs: workerTimeoutMs }),
  });
  Object.assign(process.env, env, {
    AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint,
    GATEHOUSE_TASK_WORKER: 'run-task:live',
  });
  const document = load(readFileSync(join(import.meta.dirname, '../openapi/gateway.yaml'), 'utf8'));
  const gateway = await startApiGateway({ document, invoke, port: Number(new URL(publicUrl).port), publicUrl });
  return {
    url: gateway.url,
    close: async () => {
      await gateway.close();
      await lambda.close();
    },
  };
}
