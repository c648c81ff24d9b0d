import { patchTool } from './admin/tools.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { readJson } from './http/json-body.ts';
import { adminRoute, parameter } from './http/route.ts';

const maxBodyBytes = 262_144;
const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('patch-tool', 'admin:write', async (request) =>
  jsonAnswer(await patchTool(catalogue, parameter(request, 'tool'), readJson(request, maxBodyBytes))),
);
