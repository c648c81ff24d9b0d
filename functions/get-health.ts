import { version } from './gateway/version.ts';
import { jsonAnswer } from './http/answer.ts';
import { route } from './http/route.ts';

/** Liveness: the function runs. It asks nothing of tables or backends, so their outage does not take it down. */
export const handler = route('get-health', () => jsonAnswer({ status: 'ok', version }));
