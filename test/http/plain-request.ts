import type { PlainRequest } from '../../functions/http/plain.ts';

/** A request with everything that a test does not care about. */
export function plainRequest(parts: Partial<PlainRequest> = {}): PlainRequest {
  return {
    method: 'POST',
    path: '/mcp',
    headers: {},
    query: {},
    parameters: {},
    body: '',
    requestId: 'req-1',
    deadline: Date.now() + 10_000,
    ...parts,
  };
}
