import { putPrompt } from './admin/prompts.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { readJson } from './http/json-body.ts';
import { adminRoute, parameter } from './http/route.ts';

const maxBodyBytes = 524_288;
const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('put-prompt', 'admin:write', async (request) =>
  jsonAnswer(await putPrompt(catalogue, parameter(request, 'prompt'), readJson(request, maxBodyBytes))),
);
