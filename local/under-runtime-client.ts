import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { EventTooLarge, type Invoke } from './api-gateway/invoke.ts';
import { type EnvironmentPool, environmentPool, type PoolOptions } from './environment-pool.ts';
import type { LambdaFunction } from './execution-environment.ts';

export interface FunctionHost {
  invoke: Invoke;
  /** Ends all execution environments of a function, as a deployment of it would; the next event starts a new one. */
  restart(functionName: string): Promise<void>;
  /** Ends everything, events under way too. Nothing can be invoked afterwards. */
  close(): Promise<void>;
}

/** What Lambda takes for an event. */
const maxEventBytes = 6 * 1_048_576;

/**
 * Invokes functions as Lambda does: each in processes of its own under AWS's runtime client, one event at a time,
 * started when an event finds none idle and kept for the next.
 */
export function underRuntimeClient(functions: readonly LambdaFunction[], options: PoolOptions): FunctionHost {
  const pools = new Map(functions.map((fn) => [fn.name, environmentPool(fn, options)]));

  const poolOf = (functionName: string): EnvironmentPool => {
    const pool = pools.get(functionName);
    if (!pool) throw new Error(`There is no function ${functionName}.`);
    return pool;
  };

  return {
    invoke: async (functionName, event, { stream, traceId = traceIdOf(event) }) => {
      const text = JSON.stringify(event);
      if (Buffer.byteLength(text) > maxEventBytes) {
        throw new EventTooLarge(`Request must be smaller than ${maxEventBytes} bytes for the InvokeFunction operation`);
      }
      const pool = poolOf(functionName);
      const environment = await pool.borrow();
      try {
        return await environment.invoke(text, traceId, stream);
      } finally {
        pool.giveBack(environment);
      }
    },
    restart: (functionName) => poolOf(functionName).end(),
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

const tracedSchema = z.object({ headers: z.record(z.string(), z.unknown()) });

/** API Gateway's tracing header, which Lambda is given beside the event; unsampled when the event is not API Gateway's. */
function traceIdOf(event: unknown): string {
  const headers = Object.entries(tracedSchema.safeParse(event).data?.headers ?? {});
  const [, header] = headers.find(([name]) => name.toLowerCase() === 'x-amzn-trace-id') ?? [];
  if (typeof header === 'string') return header;
  const seconds = Math.floor(Date.now() / 1_000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')};Sampled=0`;
}
