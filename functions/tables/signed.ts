import { setTimeout as wait } from 'node:timers/promises';
import { type Clock, systemClock } from '../gateway/clock.ts';
import type { TableClient } from './client.ts';
import { type ExchangeLimits, openExchange, type Received } from './exchange.ts';
import { TableFailure } from './failure.ts';
import { correctedTime, failureOf } from './refusal.ts';
import { type Credentials, postSigner } from './sign.ts';
import {
  type Read,
  readAnswer,
  readBatch,
  readDone,
  readLeft,
  readOne,
  readPage,
  readUpdated,
  writeRequest,
} from './wire.ts';

/** Where a service of AWS is and in whose name it is asked. */
export interface TableAccess {
  region: string;
  /** An origin: `https://dynamodb.eu-west-1.amazonaws.com`. */
  endpoint: string;
  credentials: Credentials;
}

export interface Persistence extends ExchangeLimits {
  /** How often a request is sent at most. */
  attempts: number;
  /** Milliseconds before the second attempt at most; doubles with each further one. */
  pause_ms: number;
}

const usual: Persistence = {
  attempts: 3,
  pause_ms: 50,
  connect_ms: 1_000,
  answer_ms: 3_000,
  // A batch holds 16 MB of items, and base64 makes a third more of their bytes.
  answer_bytes: 24 * 1_048_576,
};

interface SignedTablesOptions extends TableAccess {
  clock?: Clock;
  persistence?: Partial<Persistence>;
}

/**
 * Tables through DynamoDB's JSON protocol (`DynamoDB_20120810`, JSON 1.0) and signed requests of our own, because
 * loading the SDK costs about as much as everything else that a cold function does (docs/decisions/0006-own-table-client.md).
 */
export function signedTables({
  region,
  endpoint,
  credentials,
  clock = systemClock,
  persistence,
}: SignedTablesOptions): TableClient {
  const { attempts, pause_ms, ...limits } = { ...usual, ...persistence };
  const url = new URL(endpoint);
  const sign = postSigner(credentials, region, 'dynamodb');
  const exchange = openExchange(url, limits);
  /** How far DynamoDB's clock is ahead of ours. */
  let ahead_ms = 0;

  async function once(operation: string, body: Buffer): Promise<Received> {
    const headers = {
      host: url.host,
      'content-type': 'application/x-amz-json-1.0',
      'content-length': String(body.length),
      'x-amz-target': `DynamoDB_20120810.${operation}`,
    };
    const at = clock() + ahead_ms;
    const received = await exchange(sign(headers, body, new Date(at)), body);
    const corrected = correctedTime(received, at);
    if (corrected === undefined) return received;
    ahead_ms = corrected - clock();
    return exchange(sign(headers, body, new Date(corrected)), body);
  }

  async function send<T>(operation: string, request: object, read: Read<T>): Promise<T> {
    const body = writeRequest(request);
    for (let attempt = 1; ; attempt += 1) {
      try {
        const received = await once(operation, body);
        if (received.status === 200) return readAnswer(received.body, read);
        throw failureOf(received);
      } catch (error) {
        if (!(error instanceof TableFailure) || error.repetition === 'not' || attempt >= attempts) throw error;
        // With full jitter, so that those who were refused together do not come back together.
        if (error.repetition === 'later') await wait(Math.random() * pause_ms * 2 ** (attempt - 1));
      }
    }
  }

  return {
    getItem: (request) => send('GetItem', request, readOne),
    batchGetItem: (request) => send('BatchGetItem', request, readBatch),
    query: (request) => send('Query', request, readPage),
    putItem: (request) => send('PutItem', request, readDone),
    updateItem: (request) => send('UpdateItem', request, readUpdated),
    deleteItem: (request) => send('DeleteItem', request, readDone),
    batchWriteItem: (request) => send('BatchWriteItem', request, readLeft),
  };
}
