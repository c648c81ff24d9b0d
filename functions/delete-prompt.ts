import { deletePrompt } from './admin/prompts.ts';
import { openCatalogue } from './gateway/deps.ts';
import { noContent } from './http/answer.ts';
import { adminRoute, parameter } from './http/route.ts';

const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('delete-prompt', 'admin:write', async (request) => {
  await deletePrompt(catalogue, parameter(request, 'prompt'));
  return noContent();
});
