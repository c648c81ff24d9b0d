import { createServer, type ServerResponse } from 'node:http';
import { onLoopback } from '../../local/on-loopback.ts';

/** A place at which others wait until they are let pass: for tests of what happens in between. */
export interface Gate {
  /** A GET of it is answered when the asker may pass. */
  url: string;
  /** Lets one pass: who waits, or who comes next. */
  open(): void;
  close(): Promise<void>;
}

export async function startGate(): Promise<Gate> {
  const waiting: ServerResponse[] = [];
  let permits = 0;
  const proceed = () => {
    for (; permits > 0 && waiting.length > 0; permits -= 1) waiting.shift()?.end();
  };
  const server = createServer((_, response) => {
    waiting.push(response);
    proceed();
  });
  const { url, close } = await onLoopback(server);
  return {
    url,
    open: () => {
      permits += 1;
      proceed();
    },
    close,
  };
}
