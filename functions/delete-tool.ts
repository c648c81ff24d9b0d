import { deleteTool } from './admin/tools.ts';
import { openCatalogue } from './gateway/deps.ts';
import { noContent } from './http/answer.ts';
import { adminRoute, parameter } from './http/route.ts';

const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('delete-tool', 'admin:write', async (request) => {
  await deleteTool(catalogue, parameter(request, 'tool'));
  return noContent();
});
