import type { Agent } from 'node:http';
import type { Socket } from 'node:net';

/** Bounds what one instance keeps open; a call beyond them waits for a connection within its connect deadline. */
const options = {
  keepAlive: true,
  scheduling: 'lifo',
  maxSockets: 64,
  maxTotalSockets: 256,
  maxFreeSockets: 16,
} as const;

/**
 * Servers close idle connections, the shortest common limit being 5 s, and a frozen instance learns of it too late.
 * A call that may not be repeated takes no connection that has been idle for longer than this.
 */
const freshness_ms = 4_000;

const agents = new Map<string, Agent>();
const lastUsed = new WeakMap<Socket, number>();

/** `http:` or `https:`. */
export type Scheme = 'http:' | 'https:';

/**
 * The built-in module that speaks a scheme. `import` of a built-in reads every export, and reading `http.WebSocket`
 * loads Node's web stack, which costs more than a cold empty function; this does not.
 */
export function transportFor(scheme: Scheme) {
  return scheme === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http');
}

/**
 * The instance's connection pool. Connections that were made under `allowLocal` are pooled apart from the others,
 * because addresses are judged when a connection is made.
 */
export function agentFor(scheme: Scheme, allowLocal: boolean): Agent {
  const key = `${scheme}${allowLocal}`;
  let agent = agents.get(key);
  if (!agent) {
    agent = new (transportFor(scheme).Agent)(options);
    agents.set(key, agent);
  }
  return agent;
}

/** Notes when a connection finished its exchange. Epoch milliseconds. */
export function noteUse(socket: Socket, now: number): void {
  lastUsed.set(socket, now);
}

/** Closes pooled connections that a call which may not be repeated should not be sent on. */
export function closeStale(agent: Agent, now: number): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) {
      if (now - (lastUsed.get(socket) ?? 0) > freshness_ms) socket.destroy();
    }
  }
}
