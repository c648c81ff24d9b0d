import { deleteSkill } from './admin/skills.ts';
import { openCatalogue } from './gateway/deps.ts';
import { noContent } from './http/answer.ts';
import { adminRoute, parameter } from './http/route.ts';

const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('delete-skill', 'admin:write', async (request) => {
  await deleteSkill(catalogue, parameter(request, 'skill'));
  return noContent();
});
