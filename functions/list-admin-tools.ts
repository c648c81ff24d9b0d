import { listTools } from './admin/tools.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { adminRoute } from './http/route.ts';

const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('list-admin-tools', 'admin:read', async ({ query }) =>
  jsonAnswer(await listTools(catalogue, query)),
);
