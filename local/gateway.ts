import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { type ApiGateway, startApiGateway } from './api-gateway.ts';
import { inProcess } from './in-process.ts';

/**
 * Serves the gateway's own handlers at `publicUrl`, a loopback URL with a port. `env` becomes the environment of this
 * process, because functions read theirs when they are first loaded: one gateway a process.
 */
export async function serveGateway(publicUrl: string, env: Record<string, string>): Promise<ApiGateway> {
  Object.assign(process.env, env);
  const document = load(readFileSync(join(import.meta.dirname, '../openapi/gateway.yaml'), 'utf8'));
  return startApiGateway({ document, invoke: inProcess(), port: Number(new URL(publicUrl).port), publicUrl });
}
