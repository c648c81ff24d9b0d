import { putBackend } from './admin/backends.ts';
import { readSettings } from './gateway/config.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { readJson } from './http/json-body.ts';
import { adminRoute, parameter } from './http/route.ts';

const maxBodyBytes = 65_536;
const { GATEHOUSE_BACKEND_HOSTS, GATEHOUSE_ALLOW_LOCAL_BACKENDS } = readSettings('egress', process.env);
const egress = { hosts: GATEHOUSE_BACKEND_HOSTS, allowLocal: GATEHOUSE_ALLOW_LOCAL_BACKENDS };
const catalogue = await openCatalogue(process.env);

export const handler = adminRoute('put-backend', 'admin:write', async (request) =>
  jsonAnswer(await putBackend(catalogue, parameter(request, 'backend'), readJson(request, maxBodyBytes), egress)),
);
