import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose';
import * as z from 'zod/mini';
import { type Clock, systemClock } from '../functions/gateway/clock.ts';

export interface IssuerOptions {
  /** Port on loopback; a free one when absent. */
  port?: number;
  /** Where the signing key is kept, so that tokens outlive a restart; in memory only when absent. */
  keyFile?: string;
  /** The `aud` of its tokens; the gateway's own resource. */
  audience?: string;
  clock?: Clock;
}

interface SignOptions {
  /** Seconds until the token expires; eight hours when absent. */
  expiresIn?: number;
  /** Replaces members of the header: for tests of what a gateway refuses. */
  header?: Partial<JWTHeaderParameters>;
}

/** A running issuer and what a gateway needs to trust it. */
export interface DevelopmentIssuer {
  issuer: string;
  jwksUri: string;
  audience: string;
  /** Signs an access token (RFC 9068). Claims given here replace the usual ones; `undefined` leaves one out. */
  sign(claims: { sub: string | undefined; [claim: string]: unknown }, options?: SignOptions): Promise<string>;
  close(): Promise<void>;
}

const algorithm = 'ES256';
const usualLifetime = 8 * 3600;

/**
 * Starts an identity provider for one machine: it publishes its key and signs what the operator asks for. It offers
 * no grant, since there is nobody to log in, and says so in its metadata.
 */
export async function startIssuer(options: IssuerOptions = {}): Promise<DevelopmentIssuer> {
  const { port = 0, keyFile, audience = 'gatehouse', clock = systemClock } = options;
  const key = keyFile ? await keptKey(keyFile) : await newKey();
  const signingKey = await importJWK(key, algorithm);
  const kid = await calculateJwkThumbprint(key);
  const { d: _, ...publicKey } = key;

  const documents = new Map<string, unknown>();
  const server = createServer((request, response) => {
    const document = documents.get(request.url ?? '');
    response.writeHead(document ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? { error: 'not_found' }));
  });
  await listen(server, port);
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const jwksUri = `${issuer}/jwks.json`;
  documents.set('/jwks.json', { keys: [{ ...publicKey, kid, alg: algorithm, use: 'sig' }] });
  documents.set('/.well-known/oauth-authorization-server', metadata(issuer, jwksUri));
  documents.set('/.well-known/openid-configuration', metadata(issuer, jwksUri));

  return {
    issuer,
    jwksUri,
    audience,
    sign(claims, { expiresIn = usualLifetime, header } = {}) {
      const now = Math.floor(clock() / 1000);
      const usual = { iss: issuer, aud: audience, iat: now, exp: now + expiresIn, jti: randomUUID() };
      const given = Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined);
      return new SignJWT(Object.fromEntries(given))
        .setProtectedHeader({ alg: algorithm, typ: 'at+jwt', kid, ...header })
        .sign(signingKey);
    },
    close: () => close(server),
  };
}

/** RFC 8414 section 2; the empty lists are stated because absent ones have a meaning of their own. */
function metadata(issuer: string, jwksUri: string) {
  return {
    issuer,
    jwks_uri: jwksUri,
    grant_types_supported: [],
    response_types_supported: [],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [],
  };
}

const privateKeySchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return exportJWK(privateKey);
}

/** The key in the file, made on first use. */
async function keptKey(file: string): Promise<JWK> {
  if (!existsSync(file)) await createKeyFile(file);
  return z.parse(privateKeySchema, JSON.parse(await readFile(file, 'utf8')));
}

/** Puts a new key there, readable by its owner only, unless another process has done so meanwhile. */
async function createKeyFile(file: string): Promise<void> {
  const written = `${file}.${randomUUID()}`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(written, JSON.stringify(await newKey()), { mode: 0o600, flag: 'wx' });
  try {
    // Unlike a rename, a link never replaces, and unlike writing in place, nobody reads half a key.
    await link(written, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(written);
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
