import type { Bundle } from '../../catalogue/types.ts';
import { below, type Place } from '../document/place.ts';
import type { Source } from '../document/source.ts';
import { cuesOf } from './cues.ts';

/** Nobody reads on beyond this. */
const maxFound = 200;

/** Characters that nobody sees, or that turn the direction of writing, as they are or escaped. */
const hidden = /[\u200B-\u200D\u202A-\u202E\u2060-\u2069\uFEFF]|\uDB40|\\u(?:200[b-d]|202[a-e]|206\d|feff|db40)/i;

/**
 * The places of texts that had invisible characters, of which tools show nothing any more: a sentence for each. Looks
 * at what of the source has been read, and only if there is reason to.
 */
export function hiddenTexts(input: string | Bundle, source: Source): { place: Place; sentence: string }[] {
  const texts = typeof input === 'string' ? [input] : input.files.map(({ text }) => text);
  if (!texts.some((text) => hidden.test(text.slice(1)))) return [];
  const found: { place: Place; sentence: string }[] = [];
  const seen = new Set<object>();
  const visit = (value: unknown, place: Place): void => {
    if (typeof value === 'string') {
      const cues = hidden.test(value) ? cuesOf(value).filter((cue) => cue.startsWith('has characters')) : [];
      found.push(...cues.map((cue) => ({ place, sentence: `${place} ${cue}; they were removed.` })));
    }
    if (typeof value !== 'object' || value === null || seen.has(value) || found.length >= maxFound) return;
    seen.add(value);
    for (const [key, member] of Object.entries(value)) visit(member, below(place, key));
  };
  for (const { value, place } of source.roots()) visit(value, place);
  return found;
}
