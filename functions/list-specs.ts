import { listSpecs } from './admin/specs.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { adminRoute } from './http/route.ts';

const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('list-specs', 'admin:read', async () => jsonAnswer(await listSpecs(catalogue)));
