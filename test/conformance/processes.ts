import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { fileCredentials } from '../../functions/backends/file.ts';
import { systemClock } from '../../functions/gateway/clock.ts';
import { requestStateKeyName } from '../../functions/gateway/deps.ts';
import { dynamoState } from '../../functions/state/dynamo.ts';
import type { StateStore } from '../../functions/state/store.ts';
import { sdkTables } from '../../functions/tables/dynamo.ts';
import { startEmbeddedDynamo } from '../../local/embedded-dynamo.ts';
import { createTables } from '../../local/tables.ts';

const tables = { catalogue: 'Catalogue', state: 'State', audit: 'Audit' };

/** A process that serves the suite's fixtures. */
export interface FixtureProcess {
  /** `http://127.0.0.1:<port>`, where `/mcp` is. */
  url: string;
  /** Ends it without notice. */
  kill(): Promise<void>;
}

/** Processes that share one table and nothing else. */
export interface FixtureProcesses {
  processes: readonly FixtureProcess[];
  state: StateStore;
  close(): Promise<void>;
}

export async function startProcesses(count: number): Promise<FixtureProcesses> {
  const dynamo = await startEmbeddedDynamo();
  const access = { region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const client = new DynamoDBClient({ ...access, endpoint: dynamo.endpoint });
  await createTables(client, tables);
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-processes-'));
  const secrets = join(directory, 'own-secrets.json');
  await fileCredentials(secrets).write(requestStateKeyName, { value: randomBytes(32).toString('hex') });
  const env = {
    ...process.env,
    AWS_REGION: access.region,
    AWS_ACCESS_KEY_ID: access.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: access.credentials.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    GATEHOUSE_STATE_TABLE: tables.state,
    GATEHOUSE_OWN_SECRETS: `file:${secrets}`,
  };
  const processes = await Promise.all(Array.from({ length: count }, () => startProcess(env)));
  return {
    processes,
    state: dynamoState(sdkTables(client), tables.state, systemClock),
    close: async () => {
      await Promise.all(processes.map((each) => each.kill()));
      client.destroy();
      await dynamo.close();
      rmSync(directory, { recursive: true });
    },
  };
}

async function startProcess(env: NodeJS.ProcessEnv): Promise<FixtureProcess> {
  const execArgv = ['--disable-proto=delete', '--disable-warning=ExperimentalWarning'];
  const child = fork(join(import.meta.dirname, 'serve.ts'), { env, execArgv });
  const gone = once(child, 'exit');
  const [url] = await once(child, 'message');
  return {
    url: String(url),
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
