import { synonymsOf, wantsToRead, withoutPhrases } from './search-synonyms.ts';
import { searchWords } from './search-words.ts';
import type { Tool } from './types.ts';

/** What a word counts where it stands: a name says more about a tool than a remark on a parameter. */
const weights = { name: 4, title: 3, tags: 2, source: 2, description: 1, parameters: 1, path: 1, remarks: 0.3 };
type Field = keyof typeof weights;
const fields = Object.keys(weights) as Field[];

// The usual constants of BM25: how soon a repeated word counts no more, and how much a long text is held against a tool.
const saturation = 1.5;
const lengthPenalty = 0.5;
/** What a synonym counts of the word itself. */
const synonymWeight = 0.5;
/** How much it is held against a tool that it reads where the request changes something, or the other way round. */
const intentPenalty = 1.3;
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

/** By tool number: how much of it is about a word. */
type Posting = Map<number, number>;

/** An index over the tools of one revision (Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25F). */
export function searchIndex(tools: readonly Tool[]): SearchIndex {
  const postings = postingsOf(tools);

  /** How well each tool fits one word of a request, by the best of its synonyms. */
  function scoresOf(word: string): Posting {
    const scores: Posting = new Map();
    for (const synonym of new Set([word, ...synonymsOf(word)])) {
      const posting = postings.get(synonym);
      if (!posting) continue;
      const rarity = Math.log(1 + (tools.length - posting.size + 0.5) / (posting.size + 0.5));
      const weight = rarity * (saturation + 1) * (synonym === word ? 1 : synonymWeight);
      for (const [number, frequency] of posting) {
        const score = (weight * frequency) / (frequency + saturation);
        if (score > (scores.get(number) ?? 0)) scores.set(number, score);
      }
    }
    return scores;
  }

  return {
    search(words, limit, may) {
      const byWord = [...new Set(searchWords(withoutPhrases(words)))].map(scoresOf).filter(({ size }) => size > 0);
      const total = new Map<number, { score: number; covered: number }>();
      for (const [number, score] of byWord.flatMap((scores) => [...scores])) {
        const sum = total.get(number) ?? { score: 0, covered: 0 };
        total.set(number, { score: sum.score + score, covered: sum.covered + 1 });
      }
      const reads = wantsToRead(words);
      return [...total]
        .flatMap(([number, { score, covered }]) => {
          const tool = tools[number];
          if (!tool || !may(tool)) return [];
          const isAgainst = reads !== undefined && reads !== (tool.risk_level === 'read');
          return [{ tool, score: (score * covered) / byWord.length / (isAgainst ? intentPenalty : 1) }];
        })
        .sort((a, b) => b.score - a.score || (a.tool.name < b.tool.name ? -1 : 1))
        .slice(0, limit);
    },
  };
}

/** By word: in which tools it stands, weighed by where, and by how long the text is compared with others of its kind. */
function postingsOf(tools: readonly Tool[]): Map<string, Posting> {
  const known = new Map<string, string[]>();
  const read = tools.map((tool) => {
    const texts = textsOf(tool);
    return fields.map((field) => searchWords(texts[field], known));
  });
  const postings = new Map<string, Posting>();
  fields.forEach((field, at) => {
    const average = read.reduce((sum, words) => sum + (words[at]?.length ?? 0), 0) / Math.max(1, tools.length);
    read.forEach((ofTool, number) => {
      const words = ofTool[at] ?? [];
      const weight = weights[field] / (1 - lengthPenalty + (lengthPenalty * words.length) / Math.max(1, average));
      for (const word of words) {
        const posting = postings.get(word) ?? new Map<number, number>();
        postings.set(word, posting);
        posting.set(number, (posting.get(number) ?? 0) + weight);
      }
    });
  });
  return postings;
}

function textsOf(tool: Tool): Record<Field, string> {
  const properties = Object.entries((tool.input_schema.properties ?? {}) as Record<string, { description?: unknown }>);
  return {
    name: tool.name,
    title: tool.title ?? '',
    tags: [tool.domain, ...tool.tags].join(' '),
    source: tool.source_spec,
    description: tool.description.slice(0, maxText),
    parameters: properties.map(([name]) => name).join(' '),
    path: tool.binding.api_endpoint.replaceAll(/\{[^}]*\}/g, ' '),
    remarks: properties
      .map(([, { description }]) => (typeof description === 'string' ? description : ''))
      .join(' ')
      .slice(0, maxText),
  };
}
