import { importInWorker } from './admin/import-in-worker.ts';
import { putSpec } from './admin/put-spec.ts';
import { readUpload } from './admin/read-upload.ts';
import { systemClock } from './gateway/clock.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { checkSize } from './http/json-body.ts';
import { adminRoute, parameter } from './http/route.ts';

const maxDocumentBytes = 6 * 1_048_576;
/** Milliseconds, of the function's own time, that publishing a large catalogue may take. */
const publishingTime = 9_000;
/** Megabytes of heap: half as much again as documents of 20 MB, or of 30,000 operations, need. */
const importMemory = 512;
const store = await openCatalogue(process.env);

/**
 * The body is the document itself, JSON or YAML, or an archive of several files, plain or compressed; its first bytes
 * tell which, whatever the Content-Type says.
 */
export const handler = adminRoute(
  'put-spec',
  'admin:write',
  async (request, by) => {
    checkSize(request.body, maxDocumentBytes);
    const { backend, dry_run, entry } = request.query;
    const spec = parameter(request, 'spec');
    const document = readUpload(request.bytes ?? request.body, entry);
    const limits = () => ({ time: request.deadline - Date.now() - publishingTime, memory: importMemory });
    return jsonAnswer(
      await putSpec(
        { spec, document, backend, dryRun: dry_run === 'true', by },
        { store, importDocument: (input, options) => importInWorker({ input, options }, limits()), clock: systemClock },
      ),
    );
  },
  { takesBytes: true },
);
