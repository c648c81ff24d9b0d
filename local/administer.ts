import { basename, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ImportReport } from '../functions/catalogue/types.ts';

/** The admin routes, as a client uses them. */
export interface Administrator {
  /**
   * Points a backend at `backendUrl` and imports the document as its spec; of an archive, the file `entry`. Rejects with
   * what the gateway answered.
   */
  importDocument(file: string, document: string | Buffer, backendUrl: string, entry?: string): Promise<ImportReport>;
}

/** Administers the gateway at `url` with an API key. */
export function administer(url: string, key: string): Administrator {
  const put = async (path: string, body: string | Buffer, contentType: string): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method: 'PUT',
      headers: { 'x-api-key': key, 'content-type': contentType },
      body,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`PUT ${path} was answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };

  return {
    importDocument: async (file, document, backendUrl, entry) => {
      const name = nameOf(file);
      const backend = { base_url: backendUrl, auth: { mode: 'none' } };
      await put(`/admin/backends/${name}`, JSON.stringify(backend), 'application/json');
      const query = new URLSearchParams({ backend: name, ...(entry !== undefined && { entry }) });
      const answer = await put(`/admin/specs/${name}?${query}`, packed(document), 'application/gzip');
      return (answer as { report: ImportReport }).report;
    },
  };
}

/** As gzip, which may be larger than what is sent as text. */
function packed(document: string | Buffer): Buffer {
  const isPacked = typeof document !== 'string' && document[0] === 0x1f && document[1] === 0x8b;
  return isPacked ? document : gzipSync(document);
}

/** `dealer-service-v1.yaml` → `dealer-service-v1`. */
function nameOf(file: string): string {
  const name = basename(resolve(file))
    .replace(/\.(?:json|ya?ml|tgz|tar\.gz|gz)$/i, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64);
  return name || 'api';
}
