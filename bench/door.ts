// The door of `post-mcp` with stores of one's choice, to be bundled as a function is: warm costs are those of what is
// deployed.
import { Writable } from 'node:stream';
import type { AuditLog } from '../functions/audit/log.ts';
import type { CallDeps } from '../functions/call/call-tool.ts';
import type { CatalogueStore } from '../functions/catalogue/store.ts';
import { trustedCatalogue } from '../functions/catalogue/trusted.ts';
import { systemClock } from '../functions/gateway/clock.ts';
import { countToolExecution } from '../functions/gateway/telemetry.ts';
import { readJson } from '../functions/http/json-body.ts';
import { originCheck } from '../functions/http/origin.ts';
import { streamingRoute } from '../functions/http/route.ts';
import { catalogueTools } from '../functions/mcp/catalogue-tools.ts';
import { confirmation } from '../functions/mcp/confirmation.ts';
import { mcpEndpoint } from '../functions/mcp/endpoint.ts';
import { requestStates } from '../functions/mcp/request-state.ts';
import { rulesOf } from '../functions/policy/rules.ts';
import { memoryState } from '../functions/state/memory.ts';
import { ResponseStream } from '../local/awslambda.ts';

const context = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 30_000 };

/** Event in, bytes out. */
export type Door = (event: unknown) => Promise<string>;

export function openDoor(gatewayUrl: string, catalogue: CatalogueStore, audit: AuditLog): Door {
  const states = requestStates(async () => 'a key of thirty-two bytes or more');
  const calls: CallDeps = {
    catalogue: trustedCatalogue(catalogue, systemClock),
    rules: rulesOf({}),
    audit,
    credentials: { read: async () => undefined, write: async () => {} },
    allowLocal: true,
    clock: systemClock,
    observer: { executed: countToolExecution, outcomeLost: () => {} },
  };
  const state = memoryState(systemClock);
  const tools = catalogueTools(
    calls,
    confirmation(states, async () => state, systemClock),
  );
  const url = `${gatewayUrl}/mcp`;
  const face = { name: 'gatehouse', version: '0' };
  const { post: answer } = mcpEndpoint({ url, face, room: tools, states, failed: () => {} });
  const checkOrigin = originCheck({ publicUrl: gatewayUrl, allowedOrigins: [] });
  const handler = streamingRoute('bench', (request) => {
    checkOrigin(request.headers);
    return answer(request, readJson(request, 1_048_576));
  }) as unknown as (event: unknown, stream: Writable, context: unknown) => Promise<void>;
  return async (event) => {
    const chunks: Buffer[] = [];
    const sink = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        chunks.push(chunk);
        done();
      },
    });
    await handler(event, new ResponseStream(sink), context);
    return chunks.map(String).join('');
  };
}
