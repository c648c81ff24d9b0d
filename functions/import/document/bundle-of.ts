import type { Bundle } from '../../catalogue/types.ts';
import { GatewayError } from '../../gateway/errors.ts';
import type { Archive, ArchivedFile } from './read-tar.ts';

const maxShown = 10;

/** What archives pick up on their way and no description refers to. */
const strays = /(?:^|\/)(?:\._[^/]*|\.git\/.*|node_modules\/.*)$/;

/**
 * The text files of an archive as a bundle. `entry` is the path of the document; without it, it is the only file at the
 * uppermost level that says `openapi` or `swagger`. Throws `invalid`, naming the candidates, when that is no file.
 */
export function bundleOf({ files, links }: Archive, entry: string | undefined): Bundle {
  const read = files
    .filter(({ path }) => !strays.test(path))
    .map((file) => ({ path: file.path, text: textOf(file) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const texts = read.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text }]));
  const unread = read.filter(({ text }) => text === undefined).map(({ path }) => path);
  const leftOut = [
    ...links.map((path) => `${path} is a link or no ordinary file, so it was left out of the bundle.`),
    ...unread.map((path) => `${path} is not UTF-8 text or has a # in its name, so it was left out of the bundle.`),
  ];
  return {
    entry: chooseEntry(texts, entry),
    files: texts,
    ...(leftOut.length > 0 && { left_out: leftOut.slice(0, maxShown) }),
  };
}

/** A `#` in a name would read as the beginning of a place in the file. */
function textOf({ path, bytes }: ArchivedFile): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return path.includes('#') || text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

function chooseEntry(files: Bundle['files'], entry: string | undefined): string {
  const candidates = files.filter(isDocument).map(({ path }) => path);
  if (entry !== undefined) {
    const path = entry.replace(/^(?:\.?\/)+/, '');
    if (files.some((file) => file.path === path)) return path;
    throw wrongEntry(`has no file ${JSON.stringify(path.slice(0, 200))}`, candidates);
  }
  const level = Math.min(...candidates.map(depthOf));
  const [only, ...others] = candidates.filter((path) => depthOf(path) === level);
  if (only === undefined) throw wrongEntry('has no JSON or YAML file with `openapi` or `swagger` at its top', []);
  if (others.length > 0) throw wrongEntry('has several files that could be the document', [only, ...others]);
  return only;
}

/** Looks at the text only: whoever reads the document finds out whether it is one. */
function isDocument({ path, text }: Bundle['files'][number]): boolean {
  if (!/\.(?:json|ya?ml)$/i.test(path)) return false;
  return /^\uFEFF?(["']?)(?:openapi|swagger)\1[ \t]*:|"(?:openapi|swagger)"\s*:\s*"?\d/m.test(text);
}

function depthOf(path: string): number {
  return path.split('/').length;
}

function wrongEntry(problem: string, candidates: string[]): GatewayError {
  const shown = candidates.slice(0, maxShown).join(', ');
  const remedy = shown === '' ? 'Name the document as `entry`.' : `Name the document as \`entry\`: ${shown}.`;
  return new GatewayError('invalid', `The bundle ${problem}. ${remedy}`, {
    field: 'entry',
    ...(candidates.length > 0 && { details: { candidates: candidates.slice(0, maxShown) } }),
  });
}
