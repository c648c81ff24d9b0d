import { createRequestStateCodec, type RequestStateCodec, type ServerContext } from '@modelcontextprotocol/server';
import { canonicalJson } from '../catalogue/canonical-json.ts';
import { callerFrom } from './caller.ts';
import { ownerOf } from './owner-of.ts';

/** For how long a client may take to come back with what it was given. */
export const stateSeconds = 600;

/**
 * Seals what a client carries from one round of a request to the next (MCP 2026-07-28, multi round-trip requests). It can
 * be read on the way, but not changed.
 */
export interface RequestStates {
  seal(payload: unknown, context: ServerContext): Promise<string>;
  /** Throws `unavailable` when nothing can be opened now: what cannot be looked into must not look forged. */
  ready(): Promise<void>;
  /** What was sealed. Throws for what was changed, is too old, or was sealed for another principal or another request. */
  open(sealed: string, context: ServerContext): Promise<unknown>;
}

/** All instances must be given the same key, of at least 32 bytes. It may be replaced: that ends the requests under way. */
export function requestStates(readKey: () => Promise<string>): RequestStates {
  let made: { key: string; codec: RequestStateCodec } | undefined;
  async function codec(): Promise<RequestStateCodec> {
    const key = await readKey();
    if (made?.key !== key) {
      made = { key, codec: createRequestStateCodec({ key, ttlSeconds: stateSeconds, bind: requestOf }) };
    }
    return made.codec;
  }
  return {
    ready: async () => void (await codec()),
    seal: async (payload, context) => (await codec()).mint(payload, context),
    open: async (sealed, context) => (await codec()).verify(sealed, context),
  };
}

/**
 * Who asks for what: the principal, the method, the names that the parameters use, and the parameters but for what each
 * round brings anew.
 */
function requestOf({ mcpReq, http }: ServerContext): string {
  const { principal, schemas, params } = callerFrom(http?.authInfo);
  const { _meta, inputResponses, requestState, ...same } = (params ?? {}) as Record<string, unknown>;
  return canonicalJson([ownerOf(principal), mcpReq.method, schemas, same]);
}
