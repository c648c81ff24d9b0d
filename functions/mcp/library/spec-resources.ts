import type { Resource } from '@modelcontextprotocol/server';
import type { CatalogueStore, SpecDocument } from '../../catalogue/store.ts';
import type { TrustedCatalogue } from '../../catalogue/trusted.ts';
import type { Spec, Tool } from '../../catalogue/types.ts';
import type { Caller } from '../tool-room.ts';
import { fileType } from './file-type.ts';
import type { Contents } from './library.ts';

export interface SpecDeps {
  catalogue: Pick<TrustedCatalogue, 'head' | 'snapshot'>;
  store: Pick<CatalogueStore, 'specDocument'>;
  may(caller: Caller, tool: Tool): boolean;
}

/** The imported documents, each for those who may use at least one of its tools. */
export interface SpecResources {
  list(caller: Caller): Promise<Resource[]>;
  read(caller: Caller, uri: string): Promise<Contents | undefined>;
  /** Whether `read` finds something; for a whole document without reading it. */
  has(caller: Caller, uri: string): Promise<boolean>;
  /** Something that changes when the document does, of which a file is a part. */
  stamp(caller: Caller, uri: string): Promise<string>;
  names(caller: Caller): Promise<string[]>;
}

export function specResources({ catalogue, store, may }: SpecDeps): SpecResources {
  async function visible(caller: Caller): Promise<Spec[]> {
    const [{ specs }, { tools }] = await Promise.all([catalogue.head(), catalogue.snapshot()]);
    const usable = new Set<string>();
    for (const tool of tools) {
      if (!usable.has(tool.source_spec) && may(caller, tool)) usable.add(tool.source_spec);
    }
    return Object.values(specs).filter(({ name }) => usable.has(name));
  }

  async function find(caller: Caller, name: string | undefined): Promise<Spec | undefined> {
    return (await visible(caller)).find((spec) => spec.name === name);
  }

  async function read(caller: Caller, uri: string): Promise<Contents | undefined> {
    const place = placeOf(uri);
    const spec = await find(caller, place?.spec);
    const kept = spec && (await store.specDocument(spec.name, spec.revision));
    const text = kept && textAt(kept.document, place?.path);
    if (text === undefined) return undefined;
    return [{ uri, mimeType: typeOf(text, place?.path), text }];
  }

  return {
    list: async (caller) => (await visible(caller)).map(toResource),
    names: async (caller) => (await visible(caller)).map(({ name }) => name).sort(),
    read,

    async has(caller, uri) {
      const place = placeOf(uri);
      if (place?.path !== undefined) return (await read(caller, uri)) !== undefined;
      return (await find(caller, place?.spec)) !== undefined;
    },

    stamp: async (caller, uri) => (await find(caller, placeOf(uri)?.spec))?.document_hash ?? 'none',
  };
}

function toResource({ name, title, version, imported_at }: Spec): Resource {
  return {
    uri: `spec://${name}`,
    name,
    title,
    description: `The OpenAPI document of ${title}, version ${version}, from which tools were made.`,
    annotations: { lastModified: imported_at },
  };
}

/** `undefined` for a URI that no document can have. */
function placeOf(uri: string): { spec: string; path: string | undefined } | undefined {
  const [, spec, encoded] = /^spec:\/\/([^/?#]+)(?:\/([^?#]+))?\/?$/.exec(uri) ?? [];
  if (spec === undefined) return undefined;
  try {
    return { spec, path: encoded === undefined ? undefined : decodeURIComponent(encoded) };
  } catch {
    return undefined;
  }
}

function textAt(document: SpecDocument['document'], path: string | undefined): string | undefined {
  if (typeof document === 'string') return path === undefined ? document : undefined;
  return document.files.find((file) => file.path === (path ?? document.entry))?.text;
}

/** A document has no name that could tell. */
function typeOf(text: string, path: string | undefined): string {
  if (path !== undefined) return fileType(path);
  return /^\uFEFF?\s*\{/.test(text) ? 'application/json' : 'application/yaml';
}
