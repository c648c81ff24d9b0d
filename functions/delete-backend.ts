import { deleteBackend } from './admin/backends.ts';
import { openCatalogue } from './gateway/deps.ts';
import { noContent } from './http/answer.ts';
import { adminRoute, parameter } from './http/route.ts';

const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('delete-backend', 'admin:write', async (request) => {
  await deleteBackend(catalogue, parameter(request, 'backend'));
  return noContent();
});
