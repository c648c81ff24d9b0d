import { putSpec } from './admin/put-spec.ts';
import { systemClock } from './gateway/clock.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { checkSize } from './http/json-body.ts';
import { adminRoute, parameter } from './http/route.ts';
import { importDocument } from './import/import-document.ts';

const maxDocumentBytes = 6 * 1_048_576;
const deps = { store: await openCatalogue(process.env), importDocument, clock: systemClock };

/** The body is the document itself, JSON or YAML; the importer tells which, whatever the Content-Type says. */
export const handler = adminRoute('put-spec', 'admin:write', async (request, by) => {
  checkSize(request.body, maxDocumentBytes);
  const { backend, dry_run } = request.query;
  const spec = parameter(request, 'spec');
  const upload = { spec, document: request.body, backend, dryRun: dry_run === 'true', by };
  return jsonAnswer(await putSpec(upload, deps));
});
