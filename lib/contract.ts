import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import * as z from 'zod';

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

/** API Gateway waits no longer for a buffered answer, and no longer for a streamed one. */
const maxTimeoutMs = { BUFFERED: 29_000, STREAM: 900_000 };

const operationSchema = z.looseObject({
  operationId: z.string().regex(/^[a-z][a-z0-9-]*$/),
  security: z.array(z.record(z.string(), z.array(z.string()))).max(1),
  parameters: z.array(z.looseObject({})).default([]),
  requestBody: z.looseObject({ content: z.record(z.string(), z.looseObject({})) }).optional(),
  'x-gatehouse-function': z.string().optional(),
  'x-gatehouse-transfer': z.enum(['BUFFERED', 'STREAM']).default('BUFFERED'),
  'x-gatehouse-timeout-ms': z.int().positive().default(29_000),
});

const pathSchema = z.looseObject({
  parameters: z.array(z.looseObject({})).default([]),
  ...Object.fromEntries(methods.map((method) => [method, operationSchema.optional()])),
});

const schemeSchema = z.looseObject({
  'x-amazon-apigateway-authorizer': z.looseObject({ type: z.literal('request'), 'x-gatehouse-function': z.string() }),
});

const contractSchema = z.looseObject({
  openapi: z.string().startsWith('3.0.', 'API Gateway imports OpenAPI 3.0 and nothing newer'),
  info: z.looseObject({ title: z.string() }),
  paths: z.record(z.string().startsWith('/'), pathSchema),
  components: z.looseObject({ securitySchemes: z.record(z.string(), schemeSchema) }),
  'x-gatehouse-workers': z.array(z.string()),
});

/** The parsed `openapi/gateway.yaml`. */
export type Contract = z.infer<typeof contractSchema>;

/** One method of one path. */
export interface Operation {
  method: (typeof methods)[number];
  path: string;
  functionName: string;
  transfer: 'BUFFERED' | 'STREAM';
  timeoutMs: number;
  /** The security scheme; absent on public routes. */
  scheme: string | undefined;
  /** As the contract writes it, with the parameters of its path. */
  definition: z.infer<typeof operationSchema>;
}

/** Reads `openapi/gateway.yaml`. Throws, naming the place, when API Gateway cannot be built from it. */
export function readContract(): Contract {
  const text = readFileSync(join(import.meta.dirname, '../openapi/gateway.yaml'), 'utf8');
  const parsed = contractSchema.safeParse(load(text));
  if (!parsed.success) throw new Error(`openapi/gateway.yaml cannot be deployed:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** All operations, in the contract's order. */
export function operationsOf({ paths }: Contract): Operation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const definition = operationSchema.optional().parse(item[method]);
      if (!definition) return [];
      const transfer = definition['x-gatehouse-transfer'];
      return {
        method,
        path,
        functionName: definition['x-gatehouse-function'] ?? definition.operationId,
        transfer,
        timeoutMs: Math.min(definition['x-gatehouse-timeout-ms'], maxTimeoutMs[transfer]),
        scheme: Object.keys(definition.security[0] ?? {})[0],
        definition: { ...definition, parameters: [...item.parameters, ...definition.parameters] },
      };
    }),
  );
}

/** The functions that authorize, by security scheme. */
export function authorizersOf({ components }: Contract): Record<string, string> {
  return Object.fromEntries(
    Object.entries(components.securitySchemes).map(([scheme, definition]) => [
      scheme,
      definition['x-amazon-apigateway-authorizer']['x-gatehouse-function'],
    ]),
  );
}

/** The functions that are no routes: others have them invoked. */
export function workersOf(contract: Contract): string[] {
  return contract['x-gatehouse-workers'];
}
