import { searchWords } from './search-words.ts';
import type { Tool } from './types.ts';

/** What a word counts where it stands: a name says more about a tool than a remark on a parameter. */
const weights = { name: 4, title: 3, tags: 2, description: 1, parameters: 1, remarks: 0.3 };

// The usual constants of BM25: how soon a repeated word counts no more, and how much a long text is held against a tool.
const saturation = 1.2;
const lengthPenalty = 0.6;
/** Of a long description only the beginning is looked at. */
const maxText = 2_000;

export interface Hit {
  tool: Tool;
  score: number;
}

export interface SearchIndex {
  /** The tools that fit the words best, best first, at most `limit`; those alone for which `may` is true. */
  search(words: string, limit: number, may: (tool: Tool) => boolean): Hit[];
}

/** An index over the tools of one revision (Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25F). */
export function searchIndex(tools: readonly Tool[]): SearchIndex {
  /** By word: tool number → weight of its occurrences. */
  const postings = new Map<string, Map<number, number>>();
  const lengths = tools.map((tool, number) => {
    let length = 0;
    for (const [word, weight] of weighedWords(tool)) {
      const posting = postings.get(word) ?? new Map<number, number>();
      postings.set(word, posting);
      posting.set(number, (posting.get(number) ?? 0) + weight);
      length += weight;
    }
    return length;
  });
  const average = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, tools.length);

  return {
    search(words, limit, may) {
      const scores = new Map<number, number>();
      for (const word of new Set(searchWords(words))) {
        const posting = postings.get(word);
        if (!posting) continue;
        const rarity = Math.log(1 + (tools.length - posting.size + 0.5) / (posting.size + 0.5));
        for (const [number, weight] of posting) {
          const norm = 1 - lengthPenalty + lengthPenalty * ((lengths[number] ?? 0) / average);
          const score = (rarity * weight * (saturation + 1)) / (weight + saturation * norm);
          scores.set(number, (scores.get(number) ?? 0) + score);
        }
      }
      return [...scores]
        .flatMap(([number, score]) => {
          const tool = tools[number];
          return tool && may(tool) ? [{ tool, score }] : [];
        })
        .sort((a, b) => b.score - a.score || (a.tool.name < b.tool.name ? -1 : 1))
        .slice(0, limit);
    },
  };
}

function* weighedWords(tool: Tool): Generator<[word: string, weight: number]> {
  const properties = Object.entries((tool.input_schema.properties ?? {}) as Record<string, { description?: unknown }>);
  const fields = {
    name: tool.name,
    title: tool.title ?? '',
    tags: [tool.domain, ...tool.tags].join(' '),
    description: tool.description.slice(0, maxText),
    parameters: properties.map(([name]) => name).join(' '),
    remarks: properties
      .map(([, { description }]) => (typeof description === 'string' ? description : ''))
      .join(' ')
      .slice(0, maxText),
  };
  for (const [field, text] of Object.entries(fields)) {
    for (const word of searchWords(text)) yield [word, weights[field as keyof typeof weights]];
  }
}
