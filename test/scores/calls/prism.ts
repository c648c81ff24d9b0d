import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Json } from './json.ts';

/** A document that Prism serves, or what it says instead. */
export type Served = { url: string } | { failure: string };

export interface Prism {
  /** Serves a document in place of the one before. */
  serve(document: Json): Promise<Served>;
  close(): void;
}

const patienceMs = 120_000;

/** Prism in a process of its own, which is started anew when it dies or falls silent. */
export function startPrism(): Prism {
  let child: ChildProcess | undefined;

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

  return {
    serve: (document) => {
      child ??= begin();
      const asked = child;
      return new Promise((resolve) => {
        const answer = (served: Served) => {
          clearTimeout(timer);
          asked.off('message', answer);
          asked.off('exit', gone);
          resolve(served);
        };
        const gone = () => answer({ failure: 'Prism’s process ended' });
        const timer = setTimeout(() => {
          asked.kill('SIGKILL');
          answer({ failure: `Prism did not take the document within ${patienceMs / 1000} s` });
        }, patienceMs);
        asked.once('exit', gone);
        asked.on('message', answer);
        asked.send({ document });
      });
    },
    close: () => {
      child?.kill('SIGKILL');
    },
  };
}
