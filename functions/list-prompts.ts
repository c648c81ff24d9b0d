import { listPrompts } from './admin/prompts.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { adminRoute } from './http/route.ts';

const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('list-prompts', 'admin:read', async () => jsonAnswer(await listPrompts(catalogue)));
