import { authorize, type Verifiers } from './auth/authorize-request.ts';
import { systemClock } from './gateway/clock.ts';
import { readSettings } from './gateway/config.ts';
import { openKeyStore, openPepper } from './gateway/deps.ts';
import { countAuthFailure, logger, wrapped } from './gateway/telemetry.ts';
import { parseAuthorizerEvent } from './http/authorizer-event.ts';

const issuers = readSettings('identity', process.env).GATEHOUSE_ISSUERS;
const { GATEHOUSE_USAGE_KEYS } = readSettings('metering', process.env);
const pepper = openPepper(process.env);

// Each credential loads only its own means: a token no database client, a key no signature library.
let tokens: Promise<Verifiers['verifyToken']> | undefined;
const verifiers: Verifiers = {
  async verifyToken(token) {
    tokens ??= import('./auth/token-verifier.ts').then(({ tokenVerifier }) =>
      tokenVerifier(issuers, systemClock, (issuer, error) =>
        logger.warn('key_set_unavailable', { issuer, error: error as Error }),
      ),
    );
    return (await tokens)(token);
  },
  async verifyKey(presented) {
    const [{ verifyKey }, store, secret] = await Promise.all([
      import('./auth/api-key.ts'),
      openKeyStore(process.env),
      pepper(),
    ]);
    return verifyKey(presented, store, secret, systemClock);
  },
};

const judge = wrapped('authorize', async (event: unknown) => {
  const verdict = await authorize(parseAuthorizerEvent(event), verifiers, GATEHOUSE_USAGE_KEYS);
  if (!verdict.ok) countAuthFailure(verdict.reason);
  return { ...verdict, statusCode: verdict.ok ? 200 : 401 };
});

/**
 * The REQUEST authorizer of every route that is not public. API Gateway makes a 401 of an error with exactly this
 * message and a 500 of any other, such as one of a store that cannot be read. It is thrown outside the wrapper,
 * because a refused credential is an answer and no failure of the function.
 */
export async function handler(event: unknown, context: Parameters<typeof judge>[1]) {
  const verdict = await judge(event, context);
  if (!verdict.ok) throw new Error('Unauthorized');
  return verdict.admission;
}
