import { putSkill } from './admin/put-skill.ts';
import { systemClock } from './gateway/clock.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { adminRoute, parameter } from './http/route.ts';

const catalogue = await openCatalogue(process.env);

/** The body is the skill's folder as a tar archive, plain or compressed by gzip. */
export const handler = adminRoute(
  'put-skill',
  'admin:write',
  async (request) => jsonAnswer(await putSkill(catalogue, parameter(request, 'skill'), request.bytes, systemClock)),
  { takesBytes: true },
);
