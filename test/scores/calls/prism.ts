import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Json } from './json.ts';

/** A document that Prism serves, or what it says instead. */
export type Served = { url: string } | { failure: string };

export interface Prism {
  /** Serves a document in place of the one before. */
  serve(document: Json): Promise<Served>;
  /** Where the document is served now; `undefined` when it is not. */
  url(): Promise<string | undefined>;
  close(): void;
}

const patienceMs = 120_000;
/** How often one document may end Prism's process before it is given up. */
const mostLives = 10;

/** Prism in a process of its own, which is started anew when it dies or falls silent. */
export function startPrism(): Prism {
  let child: ChildProcess | undefined;
  let current: { document: Json; lives: number; served: Promise<Served> } | undefined;

  const begin = (): ChildProcess => {
    const started = fork(join(import.meta.dirname, 'prism-process.ts'), {
      execArgv: ['--max-old-space-size=3072'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    });
    started.once('exit', () => {
      if (child === started) child = undefined;
    });
    return started;
  };

  const ask = (document: Json): Promise<Served> => {
    child ??= begin();
    const asked = child;
    return new Promise((resolve) => {
      const answer = (served: Served) => {
        clearTimeout(timer);
        asked.off('message', answer);
        asked.off('exit', gone);
        resolve(served);
      };
      const gone = () => answer({ failure: 'its process ended' });
      const timer = setTimeout(() => {
        asked.kill('SIGKILL');
        answer({ failure: `it did not take the document within ${patienceMs / 1000} s` });
      }, patienceMs);
      asked.once('exit', gone);
      asked.on('message', answer);
      asked.send({ document });
    });
  };

  return {
    serve: (document) => {
      current = { document, lives: mostLives, served: ask(document) };
      return current.served;
    },
    url: async () => {
      if (!current) return undefined;
      let served = await current.served;
      if (!child && 'url' in served && current.lives > 0) {
        current.lives -= 1;
        current.served = ask(current.document);
        served = await current.served;
      }
      return 'url' in served ? served.url : undefined;
    },
    close: () => {
      child?.kill('SIGKILL');
    },
  };
}
