import { discoverTools } from './catalogue/discovery.ts';
import { trustedCatalogue } from './catalogue/trusted.ts';
import { systemClock } from './gateway/clock.ts';
import { readSettings } from './gateway/config.ts';
import { openCatalogue } from './gateway/deps.ts';
import { jsonAnswer } from './http/answer.ts';
import { requirePrincipal, route } from './http/route.ts';
import { decide } from './policy/decide.ts';
import { rulesOf } from './policy/rules.ts';

const rules = rulesOf(readSettings('policy', process.env));
const catalogue = trustedCatalogue(await openCatalogue(process.env), systemClock);

export const handler = route('list-tools', async (request) => {
  const principal = requirePrincipal(request, 'token');
  const { tools } = await catalogue.snapshot();
  return jsonAnswer(
    discoverTools(
      tools.filter((tool) => decide(principal, tool, rules).allow),
      request.query,
    ),
  );
});
