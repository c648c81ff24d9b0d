import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingIn } from './commands.ts';
import { blocks, type Page, pages, prose } from './markdown.ts';

const root = join(import.meta.dirname, '../..');
const all = pages();

/** As GitHub makes it of a heading. */
function anchors(page: Page): string[] {
  return [...prose(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Relative links and images of the prose, without code. */
function links(page: Page): string[] {
  const text = prose(page).replaceAll(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^[a-z]+:/i.test(link));
}

function broken(page: Page): string[] {
  return links(page).filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page.path : join(dirname(page.path), decodeURIComponent(path));
    if (!existsSync(join(root, target))) return true;
    const linked = all.find((other) => other.path === target);
    return anchor !== undefined && linked !== undefined && !anchors(linked).includes(anchor);
  });
}

describe.each(all)('$path', (page) => {
  it('links only to what is there', () => {
    expect(broken(page)).toEqual([]);
  });

  it('names only commands that exist', () => {
    const shell = blocks(page)
      .filter(({ language }) => language === 'sh')
      .map(({ text }) => text)
      .join('\n');
    const inline = [...prose(page).matchAll(/`((?:npm|npx|\.ci)[^`\n]*)`/g)].map(([, code]) => code).join('\n');
    expect(missingIn(`${shell}\n${inline}`)).toEqual([]);
  });
});

it('every page is linked from the README or from another page', () => {
  const linked = all.flatMap((page) => links(page).map((link) => join(dirname(page.path), link.split('#')[0] ?? '')));
  const isListed = (path: string) => linked.includes(path) || linked.some((folder) => folder === `${dirname(path)}/`);
  expect(all.map(({ path }) => path).filter((path) => path !== 'README.md' && !isListed(path))).toEqual([]);
});
