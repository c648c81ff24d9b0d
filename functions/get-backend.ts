import { getBackend } from './admin/backends.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { adminRoute, parameter } from './http/route.ts';

const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('get-backend', 'admin:read', async (request) =>
  jsonAnswer(await getBackend(catalogue, parameter(request, 'backend'))),
);
