import { parentPort, workerData } from 'node:worker_threads';
import { GatewayError } from '../gateway/errors.ts';
import { importDocument } from '../import/import-document.ts';
import type { ImportJob, ImportOutcome } from './import-in-worker.ts';

// The thread of one import: it ends when the outcome is sent, and its memory with it.
parentPort?.postMessage(outcomeOf(workerData));

function outcomeOf({ input, options }: ImportJob): ImportOutcome {
  try {
    return { imported: importDocument(input, options) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { code, message, field, details } = error;
    return { refusal: { code, message, ...(field !== undefined && { field }), ...(details && { details }) } };
  }
}
