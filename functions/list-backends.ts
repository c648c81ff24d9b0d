import { listBackends } from './admin/backends.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { adminRoute } from './http/route.ts';

const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('list-backends', 'admin:read', async () => jsonAnswer(await listBackends(catalogue)));
