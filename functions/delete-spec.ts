import { deleteSpec } from './admin/specs.ts';
import { systemClock } from './gateway/clock.ts';
import { openCatalogue } from './gateway/deps.ts';
import { noContent } from './http/answer.ts';
import { adminRoute, parameter } from './http/route.ts';

const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('delete-spec', 'admin:write', async (request, by) => {
  await deleteSpec(catalogue, parameter(request, 'spec'), { now: systemClock(), by });
  return noContent();
});
