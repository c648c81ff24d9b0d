import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { extname, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { FoundDocument } from './find-documents.ts';
import type { Json } from './json.ts';
import type { OpenGateway } from './open-gateway.ts';
import { readSource } from './read-source.ts';
import { securitySchemes } from './security-schemes.ts';

/** One line of the report of an import. */
export interface ReportLine {
  method: string;
  path: string;
  status: string;
  tool?: string;
  notes: string[];
}

export interface ImportedDocument {
  name: string;
  document: Json;
  lines: ReportLine[];
  /** What the backend's credential sends: `header x-api-key`. */
  supplied: Set<string>;
}

/** Imports a document as a spec of its name, with a backend at `url`. Rejects with what the gateway answered. */
export async function importDocument(
  found: FoundDocument,
  folder: string,
  url: string,
  gateway: OpenGateway,
): Promise<ImportedDocument> {
  const document = await readSource(found);
  const { backend, supplied } = backendFor(document, url);
  const { name } = found;
  await gateway.admin('PUT', `/admin/backends/${name}`, JSON.stringify(backend));
  const { body, type, query } = upload(found, folder);
  const answer = await gateway.admin('PUT', `/admin/specs/${name}?backend=${name}${query}`, body, type);
  const { operations } = answer.report as { operations: ReportLine[] };
  return { name, document, lines: operations, supplied };
}

const credential = 'score';
const secret = 'c2NvcmU';

/** Stores the secret that every backend uses. */
export async function storeCredential(gateway: OpenGateway): Promise<void> {
  await gateway.admin('PUT', `/admin/credentials/${credential}`, JSON.stringify({ value: secret }));
}

/**
 * A backend with the first API key that the document speaks of, or else a bearer token; further keys in headers are
 * fixed headers. Keys stand beside parameters in some documents, and those parameters are then no arguments.
 */
function backendFor(document: Json, base_url: string): { backend: Json; supplied: Set<string> } {
  const supplied = new Set<string>();
  const headers: Record<string, string> = {};
  let auth: Json = { mode: 'bearer', credential };
  for (const { type, in: place, name } of securitySchemes(document)) {
    const key = `${place} ${String(name).toLowerCase()}`;
    if (type !== 'apiKey' || place === 'cookie' || key === 'header authorization' || supplied.has(key)) continue;
    if (supplied.size === 0) auth = { mode: 'apiKey', credential, in: place, name };
    else if (place === 'header') headers[String(name)] = secret;
    else continue;
    supplied.add(key);
  }
  return { backend: { base_url, auth, headers }, supplied };
}

interface Upload {
  body: string | Buffer;
  type: string;
  query: string;
}

/** The document as text, or compressed when it is large, or with the files beside it as an archive. */
function upload({ file, isMultiFile }: FoundDocument, folder: string): Upload {
  if (!isMultiFile) {
    const text = readFileSync(file);
    const type = extname(file) === '.json' ? 'application/json' : 'application/yaml';
    if (text.length > 5_000_000) return { body: gzipSync(text), type: 'application/gzip', query: '' };
    return { body: text, type, query: '' };
  }
  const [top = ''] = relative(resolve(folder), resolve(file)).split('/');
  const root = resolve(folder, top);
  const entry = relative(root, resolve(file));
  const body = execFileSync('tar', ['-czf', '-', '-C', root, '.'], { maxBuffer: 64 * 1_048_576 });
  return { body, type: 'application/gzip', query: `&entry=${encodeURIComponent(entry)}` };
}
