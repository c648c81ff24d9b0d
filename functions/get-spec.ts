import { getSpec } from './admin/specs.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { adminRoute, parameter } from './http/route.ts';

const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('get-spec', 'admin:read', async (request) => {
  const { document, definitions } = request.query;
  const parts = { document: document === 'true', definitions: definitions === 'true' };
  return jsonAnswer(await getSpec(catalogue, parameter(request, 'spec'), parts));
});
