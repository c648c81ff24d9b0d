import { approveChanges } from './admin/approve-changes.ts';
import { systemClock } from './gateway/clock.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { readJson } from './http/json-body.ts';
import { adminRoute, parameter } from './http/route.ts';

/** A name and a hash are 150 bytes, so that several thousand tools fit. */
const maxBodyBytes = 1_048_576;
const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('approve-changes', 'admin:approve', async (request, by) => {
  const [spec, body] = [parameter(request, 'spec'), readJson(request, maxBodyBytes)];
  return jsonAnswer(await approveChanges(catalogue, spec, body, { now: systemClock(), by }));
});
