import { pageSize } from '../cursor.ts';
import type { Page } from './library.ts';

/** The items in the order of their keys, from the first key after `after`, as many as one page has. */
export function pageOf<T>(items: readonly T[], keyOf: (item: T) => string, after: string | undefined): Page<T> {
  const left = items
    .filter((item) => after === undefined || keyOf(item) > after)
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const page = left.slice(0, pageSize);
  const last = page.at(-1);
  return { items: page, ...(left.length > page.length && last !== undefined && { next: keyOf(last) }) };
}

/** The values that begin with what was typed, whatever its case. */
export function beginningWith(values: readonly string[], typed: string): string[] {
  const start = typed.toLowerCase();
  return values.filter((value) => value.toLowerCase().startsWith(start));
}
