import { systemClock } from './gateway/clock.ts';
import { readSettings } from './gateway/config.ts';
import { openState } from './gateway/deps.ts';
import { GatewayError } from './gateway/errors.ts';
import { jsonRpcErrorAnswer } from './http/answer.ts';
import { originCheck } from './http/origin.ts';
import { requirePrincipal, route } from './http/route.ts';
import { endSession } from './mcp/sessions/end-session.ts';

const { GATEHOUSE_PUBLIC_URL, GATEHOUSE_ALLOWED_ORIGINS } = readSettings('endpoint', process.env);
const checkOrigin = originCheck({ publicUrl: GATEHOUSE_PUBLIC_URL, allowedOrigins: GATEHOUSE_ALLOWED_ORIGINS });
const hasSessions = readSettings('sessions', process.env).GATEHOUSE_SESSIONS === 'sessions';
const state = await openState(process.env, systemClock);

export const handler = route(
  'delete-mcp',
  (request) => {
    checkOrigin(request.headers);
    requirePrincipal(request, 'token');
    if (!hasSessions) throw new GatewayError('method_not_allowed', 'This gateway keeps no sessions to end.');
    return endSession(request, state, systemClock);
  },
  jsonRpcErrorAnswer,
);
