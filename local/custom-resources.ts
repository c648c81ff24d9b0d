import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { Invoke } from './api-gateway/invoke.ts';
import { onLoopback } from './on-loopback.ts';
import { selfSigned } from './self-signed.ts';
import { account } from './template/resources.ts';

/** A resource that a function of the deployment makes. */
export interface CustomResource {
  id: string;
  type: string;
  stackName: string;
  functionName: string;
  properties: Record<string, unknown>;
}

/** Makes custom resources as CloudFormation does. */
export interface Maker {
  /** For `NODE_EXTRA_CA_CERTS` of the functions: they answer over TLS. */
  certificateFile: string;
  /** Invokes the resource's function. Rejects unless it puts a success to its response URL before it ends. */
  make(resource: CustomResource, invoke: Invoke): Promise<void>;
  close(): Promise<void>;
}

const answerSchema = z.object({
  Status: z.enum(['SUCCESS', 'FAILED']),
  Reason: z.string().optional(),
  PhysicalResourceId: z.string().min(1),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
});
type Answer = z.infer<typeof answerSchema>;

/** Starts the place to which functions put their answers, on 127.0.0.1, over TLS as the real one. */
export async function startMaker(): Promise<Maker> {
  const { cert, key } = selfSigned('localhost');
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-certificate-'));
  const certificateFile = join(directory, 'certificate.pem');
  writeFileSync(certificateFile, cert);

  const awaited = new Map<string, (answer: Answer) => void>();
  const server = createServer({ cert, key }, async (request, response) => {
    const parsed = answerSchema.safeParse(JSON.parse(Buffer.concat(await request.toArray()).toString()));
    const take = parsed.data && awaited.get(parsed.data.RequestId);
    response.writeHead(request.method === 'PUT' && take ? 200 : 403).end();
    if (parsed.data) take?.(parsed.data);
  });
  const { port, close } = await onLoopback(server);

  return {
    certificateFile,
    make: async ({ id, type, stackName, functionName, properties }, invoke) => {
      const RequestId = randomUUID();
      let answer: Answer | undefined;
      awaited.set(RequestId, (given) => {
        answer = given;
      });
      const event = {
        RequestType: 'Create',
        ResponseURL: `https://127.0.0.1:${port}/${RequestId}`,
        StackId: `arn:aws:cloudformation:${account.region}:${account.id}:stack/${stackName}/local`,
        RequestId,
        ResourceType: type,
        LogicalResourceId: id,
        ResourceProperties: properties,
      };
      await invoke(functionName, event, { deadlineMs: Number.POSITIVE_INFINITY });
      awaited.delete(RequestId);
      if (answer?.Status !== 'SUCCESS') throw new Error(`${id} could not be made: ${answer?.Reason ?? 'no answer'}`);
    },
    close: () => {
      rmSync(directory, { recursive: true });
      return close();
    },
  };
}
