import { getPrompt } from './admin/prompts.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { adminRoute, parameter } from './http/route.ts';

const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('get-prompt', 'admin:read', async (request) =>
  jsonAnswer(await getPrompt(catalogue, parameter(request, 'prompt'))),
);
