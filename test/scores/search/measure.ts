import type { SearchIndex } from '../../../functions/catalogue/search-index.ts';

/** How many hits an answer has unless more are asked for. */
const shown = 5;
/** Below this a hit counts as not found. */
const depth = 20;

/** A request with the index in which it is made, and the tools of `spec` that would do. */
export interface Search {
  words: string;
  index: SearchIndex;
  spec: string;
  wanted: readonly string[];
}

export interface Found {
  words: string;
  spec: string;
  wanted: readonly string[];
  /** Of the best hit that would do, counted from 1; absent when it is not among the first 20. */
  rank: number | undefined;
  /** The names of the hits that are shown. */
  hits: string[];
}

export function find({ words, index, spec, wanted }: Search): Found {
  const tools = index.search(words, depth, () => true).map(({ tool }) => tool);
  const place = tools.findIndex(({ name, source_spec }) => source_spec === spec && wanted.includes(name));
  const hits = tools.slice(0, shown).map(({ name }) => name);
  return { words, spec, wanted, rank: place < 0 ? undefined : place + 1, hits };
}

export interface Measures {
  count: number;
  /** Of all requests, the share with a tool that would do in the first place. */
  first: number;
  /** The share with one among those that are shown: recall@5. */
  recall: number;
  /** The mean of 1/rank. */
  reciprocal: number;
}

export function measure(found: readonly Found[]): Measures {
  const mean = (of: (rank: number) => number) =>
    found.reduce((sum, { rank }) => sum + (rank === undefined ? 0 : of(rank)), 0) / Math.max(1, found.length);
  return {
    count: found.length,
    first: mean((rank) => (rank === 1 ? 1 : 0)),
    recall: mean((rank) => (rank <= shown ? 1 : 0)),
    reciprocal: mean((rank) => 1 / rank),
  };
}
