import { systemClock } from '../gateway/clock.ts';
import { openKeyStore, openOwnSecrets, openPepper } from '../gateway/deps.ts';
import { logger } from '../gateway/telemetry.ts';
import { answerStack } from './answer-stack.ts';
import { firstAdminKeyName, issueFirstAdminKey } from './issue-first-admin-key.ts';

const { env } = process;

/** The function behind the deployment's custom resource: issues the first API key, once. */
export const handler = (event: unknown) =>
  answerStack(event, firstAdminKeyName, async () => {
    try {
      await issueFirstAdminKey(openOwnSecrets(env), await openKeyStore(env), await openPepper(env)(), systemClock);
    } catch (error) {
      logger.error('first_admin_key_failed', { error: error as Error });
      throw error;
    }
  });
