import type { Resource } from '@modelcontextprotocol/server';
import type { CatalogueStore, SkillFiles } from '../../catalogue/store.ts';
import type { TrustedCatalogue } from '../../catalogue/trusted.ts';
import type { Skill } from '../../catalogue/types.ts';
import { fileType } from './file-type.ts';
import type { Contents, SkillShelf } from './library.ts';
import { pageOf } from './page-of.ts';

/** Clients read one file of a skill after the other, and the files of a revision never change. */
const rememberedSkills = 4;

export interface SkillDeps {
  catalogue: Pick<TrustedCatalogue, 'head' | 'snapshot'>;
  store: Pick<CatalogueStore, 'skillFiles'>;
}

/** Skills, and their files as resources. Everyone who may call the gateway may read them. */
export interface CatalogueSkills extends SkillShelf {
  /** The `SKILL.md` of each. */
  manifests(): Promise<Resource[]>;
  read(uri: string): Promise<Contents | undefined>;
  /** Something that changes when the file does. */
  stamp(uri: string): Promise<string>;
}

/** The skills that administrators keep. */
export function catalogueSkills({ catalogue, store }: SkillDeps): CatalogueSkills {
  /** Least recently used first. */
  const remembered = new Map<string, Promise<SkillFiles | undefined>>();

  async function all(): Promise<Skill[]> {
    return Object.values((await catalogue.snapshot()).skills ?? {});
  }

  function filesOf({ name, revision }: Skill): Promise<SkillFiles | undefined> {
    const key = `${name}#${revision}`;
    const files = remembered.get(key) ?? store.skillFiles(name, revision);
    remembered.delete(key);
    remembered.set(key, files);
    files.catch(() => remembered.delete(key));
    const oldest = remembered.keys().next();
    if (remembered.size > rememberedSkills && !oldest.done) remembered.delete(oldest.value);
    return files;
  }

  return {
    any: async () => ((await catalogue.head()).skills ?? 0) > 0,

    list: async (_caller, after) =>
      pageOf(
        (await all()).map(({ entry }) => entry),
        ({ uri }) => uri,
        after,
      ),

    async find(_caller, uri) {
      const canonical = canonicalOf(uri);
      return (await all()).find(({ entry }) => entry.uri === canonical)?.entry;
    },

    async directory(_caller, uri, after) {
      const folder = canonicalOf(uri)?.replace(/\/$/, '');
      const children = folder === undefined ? [] : (await all()).flatMap(({ entry }) => childrenOf(folder, entry));
      return children.length === 0 ? undefined : pageOf(children, (child) => child.uri, after);
    },

    manifests: async () => (await all()).map(({ entry }) => manifestOf(entry)),

    async read(uri) {
      const canonical = canonicalOf(uri);
      for (const skill of await all()) {
        const file = skill.entry.resources.find((resource) => resource.uri === canonical);
        if (!file) continue;
        const data = (await filesOf(skill))?.[file.digest];
        if (data === undefined) throw new Error(`The catalogue has lost a file of the skill ${skill.name}.`);
        return [contentOf(uri, data)];
      }
      return undefined;
    },

    async stamp(uri) {
      const canonical = canonicalOf(uri);
      const files = (await all()).flatMap(({ entry }) => entry.resources);
      return files.find((file) => file.uri === canonical)?.digest ?? 'none';
    },
  };
}

function canonicalOf(uri: string): string | undefined {
  return URL.parse(uri)?.href;
}

function manifestOf({ uri, frontmatter, resources }: Skill['entry']): Resource {
  const size = resources.find((resource) => resource.uri === uri)?.size;
  const { name, description } = frontmatter;
  return { uri, name, description, mimeType: fileType(uri), ...(size !== undefined && { size }) };
}

/** Files, and each folder once. */
function childrenOf(folder: string, { resources }: Skill['entry']): Resource[] {
  const children = new Map<string, Resource>();
  for (const { uri, size } of resources) {
    if (!uri.startsWith(`${folder}/`)) continue;
    const [segment = '', ...below] = uri.slice(folder.length + 1).split('/');
    const child = `${folder}/${segment}`;
    const kind = below.length > 0 ? { mimeType: 'inode/directory' } : { mimeType: fileType(uri), size };
    children.set(child, { uri: child, name: decodeURIComponent(segment), ...kind });
  }
  return [...children.values()];
}

function contentOf(uri: string, data: string): Contents[number] {
  const mimeType = fileType(uri);
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return { uri, mimeType, text: decoder.decode(Buffer.from(data, 'base64')) };
  } catch {
    return { uri, mimeType, blob: data };
  }
}
