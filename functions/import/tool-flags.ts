import type { ImportedTool } from '../catalogue/types.ts';
import { cuesOf } from './cues.ts';
import { below, type Place } from './place.ts';

/** The parts of a tool that a model reads. */
const shown = ['title', 'description', 'tags', 'input_schema', 'output_schema', 'positive_examples'] as const;
/** What is repeated without end says no more than the first few. */
const maxCues = 20;

interface Cue {
  /** Where in the tool, as a pointer. */
  at: Place;
  cue: string;
}

/**
 * Gives what finds the texts of a tool that could steer the model that reads them, each a sentence with its place in
 * the tool: `/input_schema/properties/id/description tells …`. Tools share schemas, which are looked at once.
 */
export function toolFlagger(): (tool: Pick<ImportedTool, (typeof shown)[number]>) => string[] {
  const known = new Map<unknown, readonly Cue[]>();

  const cuesIn = (value: unknown): readonly Cue[] => {
    if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) return [];
    const before = known.get(value);
    if (before) return before;
    const found = typeof value === 'string' ? cuesOf(value).map((cue) => ({ at: '', cue })) : cuesInMembers(value);
    known.set(value, found);
    return found;
  };

  const cuesInMembers = (value: object): readonly Cue[] => {
    const found: Cue[] = [];
    for (const [key, member] of Object.entries(value)) {
      for (const { at, cue } of cuesIn(member)) found.push({ at: `${below('', key)}${at}`, cue });
      // A name is read too; only one with blanks can say something.
      if (key.includes(' ')) found.push(...cuesOf(key).map((cue) => ({ at: below('', key), cue })));
      if (found.length >= maxCues) break;
    }
    return found.slice(0, maxCues);
  };

  return (tool) =>
    shown
      .flatMap((part) => cuesIn(tool[part]).map(({ at, cue }) => `${below('', part)}${at} ${cue}.`))
      .slice(0, maxCues);
}
