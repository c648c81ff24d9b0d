import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A page that people read, by its path from the root of the repository. */
export interface Page {
  path: string;
  text: string;
}

/** A fenced block: its language, what stands behind the language, and its text. */
export interface Block {
  language: string;
  info: string;
  text: string;
  /** Of its first line, counted from 1. */
  line: number;
}

/** `README.md` and all of `docs/`. */
export function pages(): Page[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  return ['README.md', ...docs.sort()].map(page);
}

/** One page by its path from the root. */
export function page(path: string): Page {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

/** The fenced blocks of a page, in order. */
export function blocks({ text }: Page): Block[] {
  const found: Block[] = [];
  const lines = text.split('\n');
  let open: Block | undefined;
  lines.forEach((line, at) => {
    const fence = /^\s*```(\S*)\s*(.*)$/.exec(line);
    if (fence && !open) open = { language: fence[1] ?? '', info: fence[2] ?? '', text: '', line: at + 2 };
    else if (fence && open) {
      found.push(open);
      open = undefined;
    } else if (open) open.text += `${line}\n`;
  });
  return found;
}

/** The prose of a page: without its fenced blocks. */
export function prose({ text }: Page): string {
  return text.replaceAll(/^\s*```[\s\S]*?^\s*```\s*$/gm, '');
}

/** The rows of a page's tables, each as its cells; the lines of dashes are left out. */
export function tableRows(page: Page): string[][] {
  return prose(page)
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[-|: ]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}
