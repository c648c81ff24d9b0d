import { SkillCatalogError, skillEntry } from '@modelcontextprotocol/server/ext/skills';
import { digest } from '../catalogue/definition.ts';
import { withSkill } from '../catalogue/skills.ts';
import type { CatalogueStore, SkillFiles } from '../catalogue/store.ts';
import { nameSchema, type Skill } from '../catalogue/types.ts';
import type { Clock } from '../gateway/clock.ts';
import { GatewayError } from '../gateway/errors.ts';
import { type ArchivedFile, isTar, readTar } from '../import/document/read-tar.ts';
import { parseInput } from './parse-input.ts';
import { publishChange } from './publishing.ts';
import { unpacked } from './read-upload.ts';
import { type ShownSkill, shownSkill } from './skills.ts';

const maxFiles = 512;
const maxBytes = 2 * 1_048_576;

/**
 * Adds or replaces a skill, whose folder comes as a tar archive, plain or compressed by gzip. Throws `invalid` for what
 * is no skill by MCP's skills extension, and `too_large` beyond 2 MB.
 */
export async function putSkill(
  store: CatalogueStore,
  name: string,
  upload: Uint8Array | undefined,
  clock: Clock,
): Promise<{ skill: ShownSkill; revision: number }> {
  parseInput(nameSchema, name);
  const files = inItsFolder(filesIn(upload));
  const skill = { name, entry: await entryOf(name, files), updated_at: new Date(clock()).toISOString() };
  const contents: SkillFiles = Object.fromEntries(
    files.map(({ bytes }) => [digest(bytes), Buffer.from(bytes).toString('base64')]),
  );
  const { head } = await publishChange(store, (current, snapshot) => withSkill(current, snapshot, skill, contents));
  return { skill: shownSkill({ ...skill, revision: head.revision }), revision: head.revision };
}

function filesIn(upload: Uint8Array | undefined): ArchivedFile[] {
  const bytes = upload && unpacked(upload);
  if (!bytes || !isTar(bytes)) {
    const message = 'Send the folder as an archive: `tar -cz folder`, as Content-Type: application/gzip.';
    throw new GatewayError('invalid', message, { field: 'body' });
  }
  const { files, links } = readTar(bytes);
  const [link] = links;
  if (link !== undefined) {
    throw new GatewayError('invalid', `${link} is a link or no ordinary file; put the file itself in its place.`, {
      field: 'body',
    });
  }
  // What editors, shells and archivers leave behind.
  const kept = files.filter(({ path }) => path.split('/').every((segment) => !segment.startsWith('.')));
  const size = kept.reduce((sum, file) => sum + file.bytes.byteLength, 0);
  if (kept.length > maxFiles || size > maxBytes) {
    const message = `A skill has at most ${maxFiles} files of ${maxBytes} bytes together; this one has ${kept.length} of ${size}.`;
    throw new GatewayError('too_large', message, { field: 'body' });
  }
  return kept;
}

/** The files by their paths in the skill's folder, whether or not the archive has the folder around them. */
function inItsFolder(files: ArchivedFile[]): ArchivedFile[] {
  if (files.some(({ path }) => path === 'SKILL.md')) return files;
  const folders = new Set(files.map(({ path }) => path.slice(0, path.indexOf('/') + 1)));
  const [folder = ''] = folders;
  if (folders.size !== 1) return files;
  return files.map(({ path, bytes }) => ({ path: path.slice(folder.length), bytes }));
}

async function entryOf(name: string, files: ArchivedFile[]): Promise<Skill['entry']> {
  try {
    const entry = await skillEntry(name, Object.fromEntries(files.map(({ path, bytes }) => [path, bytes])));
    const resources = entry.resources === 'dynamic' ? [] : entry.resources;
    return { uri: entry.uri, frontmatter: entry.frontmatter, resources };
  } catch (error) {
    if (!(error instanceof SkillCatalogError)) throw error;
    const problems = error.problems.map(({ message }) => message);
    throw new GatewayError('invalid', `This is no skill: ${problems.join('; ')}.`, {
      field: 'SKILL.md',
      details: { problems },
    });
  }
}
