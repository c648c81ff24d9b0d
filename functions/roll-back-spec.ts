import { rollBackSpec } from './admin/roll-back-spec.ts';
import { systemClock } from './gateway/clock.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { readJson } from './http/json-body.ts';
import { adminRoute, parameter } from './http/route.ts';

const maxBodyBytes = 1_024;
const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('roll-back-spec', 'admin:write', async (request, by) => {
  const [spec, body] = [parameter(request, 'spec'), readJson(request, maxBodyBytes)];
  const isDryRun = request.query.dry_run === 'true';
  return jsonAnswer(await rollBackSpec(catalogue, spec, body, isDryRun, { now: systemClock(), by }));
});
