import type { ImportedTool } from '../../catalogue/types.ts';
import { below, type Place } from '../document/place.ts';
import { isType } from '../schemas/schema-types.ts';
import { cuesOf } from './cues.ts';

/** The parts of a tool that a model reads. What a reply looks like it is not told. */
const shown = ['title', 'description', 'tags', 'input_schema', 'positive_examples'] as const;
/** What is repeated without end says no more than the first few. */
const maxCues = 20;

const none: readonly Cue[] = [];

interface Cue {
  /** Where in the tool, as a pointer. */
  at: Place;
  cue: string;
}

/**
 * Gives what finds the texts of a tool that could steer the model that reads them, each a sentence with its place in
 * the tool: `/input_schema/properties/id/description tells …`. What tools share is looked at once.
 */
export function toolFlagger(): (tool: Pick<ImportedTool, (typeof shown)[number]>) => string[] {
  const known = new Map<object, readonly Cue[]>();

  const cuesIn = (value: unknown): readonly Cue[] => {
    if (typeof value === 'string') return cuesInText(value);
    if (typeof value !== 'object' || value === null) return none;
    return known.get(value) ?? cuesInMembers(value);
  };

  const cuesInMembers = (value: object): readonly Cue[] => {
    let found = none;
    let isLeaf = true;
    for (const key in value) {
      const member = (value as Record<string, unknown>)[key];
      if (typeof member === 'object') isLeaf = false;
      // A name is read too; only one with blanks can say something.
      const ofName = key.includes(' ') ? cuesIn(key) : none;
      const inner = isType(member) ? none : cuesIn(member);
      if (inner.length + ofName.length === 0) continue;
      found = [...found, ...cuesBelow(key, [...inner, ...ofName])].slice(0, maxCues);
      if (found.length === maxCues) break;
    }
    // What has nothing inside is looked at again faster than it is remembered.
    if (!isLeaf) known.set(value, found);
    return found;
  };

  return (tool) =>
    shown
      .flatMap((part) => cuesBelow(part, cuesIn(tool[part])))
      .slice(0, maxCues)
      .map(({ at, cue }) => `${at} ${cue}.`);
}

function cuesInText(text: string): readonly Cue[] {
  const cues = cuesOf(text);
  return cues.length > 0 ? cues.map((cue) => ({ at: '', cue })) : none;
}

function cuesBelow(key: string, cues: readonly Cue[]): Cue[] {
  return cues.map(({ at, cue }) => ({ at: `${below('', key)}${at}`, cue }));
}
