import { getTool } from './admin/tools.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { adminRoute, parameter } from './http/route.ts';

const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('get-tool', 'admin:read', async (request) =>
  jsonAnswer(await getTool(catalogue, parameter(request, 'tool'))),
);
