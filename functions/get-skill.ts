import { getSkill } from './admin/skills.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { adminRoute, parameter } from './http/route.ts';

const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('get-skill', 'admin:read', async (request) =>
  jsonAnswer(await getSkill(catalogue, parameter(request, 'skill'))),
);
