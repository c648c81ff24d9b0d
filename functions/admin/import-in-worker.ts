import { Worker } from 'node:worker_threads';
import type { Bundle } from '../catalogue/types.ts';
import { type ErrorCode, type ErrorOptions, GatewayError } from '../gateway/errors.ts';
import type { Imported, ImportOptions } from '../import/import-document.ts';

/** What a thread is started with. */
export interface ImportJob {
  input: string | Bundle;
  options: ImportOptions;
}

/** What it sends back: an error does not get across with its class. */
export type ImportOutcome =
  | { imported: Imported }
  | { refusal: { code: ErrorCode; message: string } & Pick<ErrorOptions, 'field' | 'details'> };

export interface ImportLimits {
  /** Milliseconds. */
  time: number;
  /** Megabytes of heap. */
  memory: number;
}

// A bundle has the worker beside the function, under the name that `lib/bundle.ts` gives it.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'mjs';
const workerUrl = new URL(`./import-worker.${extension}`, import.meta.url);

/**
 * Imports a document in a thread of its own, so that one made to take all time or memory takes no more than its
 * limits. Rejects with `invalid` when it would, and with what the import throws.
 */
export async function importInWorker(job: ImportJob, limits: ImportLimits): Promise<Imported> {
  const worker = new Worker(workerUrl, {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: limits.memory },
    // Whatever a document makes the importer do, there is nothing here for it to find.
    env: {},
  });
  try {
    const outcome = await outcomeOf(worker, limits);
    if ('imported' in outcome) return outcome.imported;
    const { code, message, ...options } = outcome.refusal;
    throw new GatewayError(code, message, options);
  } finally {
    await worker.terminate();
  }
}

function outcomeOf(worker: Worker, { time, memory }: ImportLimits): Promise<ImportOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<ImportOutcome>();
  const timer = setTimeout(() => reject(beyond(`takes longer than ${Math.ceil(time / 1_000)} s`)), time);
  worker.once('message', resolve);
  worker.once('error', (error: NodeJS.ErrnoException) => {
    reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? beyond(`takes more than ${memory} MB of memory`) : error);
  });
  worker.once('exit', (code) => reject(new Error(`The import ended with exit code ${code} and no outcome.`)));
  return promise.finally(() => clearTimeout(timer));
}

function beyond(what: string): GatewayError {
  const message = `The import of this document ${what}. Split it into one document for each part of the API, or remove examples and long lists from it.`;
  return new GatewayError('invalid', message, { field: 'document' });
}
