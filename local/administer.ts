import { basename, extname } from 'node:path';
import type { ImportReport } from '../functions/catalogue/types.ts';

/** The admin routes, as a client uses them. */
export interface Administrator {
  /** Points a backend at `backendUrl` and imports the document as its spec. Rejects with what the gateway answered. */
  importDocument(file: string, document: string, backendUrl: string): Promise<ImportReport>;
}

/** Administers the gateway at `url` with an API key. */
export function administer(url: string, key: string): Administrator {
  const put = async (path: string, body: string, contentType: string): Promise<unknown> => {
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
    importDocument: async (file, document, backendUrl) => {
      const name = nameOf(file);
      const backend = { base_url: backendUrl, auth: { mode: 'none' } };
      await put(`/admin/backends/${name}`, JSON.stringify(backend), 'application/json');
      const type = extname(file) === '.json' ? 'application/json' : 'application/yaml';
      const answer = await put(`/admin/specs/${name}?backend=${name}`, document, type);
      return (answer as { report: ImportReport }).report;
    },
  };
}

/** `dealer-service-v1.yaml` → `dealer-service-v1`. */
function nameOf(file: string): string {
  const name = basename(file, extname(file))
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64);
  return name || 'api';
}
