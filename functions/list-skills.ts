import { listSkills } from './admin/skills.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { adminRoute } from './http/route.ts';

const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('list-skills', 'admin:read', async () => jsonAnswer(await listSkills(catalogue)));
