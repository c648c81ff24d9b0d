import { putCredential } from './admin/credentials.ts';
import { openCredentials } from './gateway/deps.ts';
import { noContent } from './http/answer.ts';
import { readJson } from './http/json-body.ts';
import { adminRoute, parameter } from './http/route.ts';

const maxBodyBytes = 65_536;
const credentials = openCredentials(process.env);

export const handler = adminRoute('put-credential', 'admin:write', async (request) => {
  await putCredential(credentials, parameter(request, 'credential'), readJson(request, maxBodyBytes));
  return noContent();
});
