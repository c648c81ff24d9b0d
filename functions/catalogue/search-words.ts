/** Words that say nothing about which tool is meant. */
const idle = new Set(
  (
    'a an and any are as at be been by can could did do does dont for from give has have he her his how i if in into is ' +
    'it its let like make may me my need now of on one or our please put right she should so some than that the their ' +
    'them then there these this those to us want was we were what when where which who whose will with would you your'
  ).split(' '),
);

/**
 * The words of a text as they are compared: lower case, singular, without accents, endings and words that say nothing.
 * `PayPal` is three, its parts and itself; `e-mail` is one. Who reads many texts passes a map in which words are kept,
 * because most come again.
 */
export function searchWords(text: string, known = new Map<string, string[]>()): string[] {
  return text
    .replace(/['’]/g, '')
    .replace(/\b(\p{L})-(?=\p{Ll})/gu, '$1')
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .flatMap((part) => {
      const words =
        known.get(part) ??
        partsOf(part)
          .filter((word) => word !== '' && !idle.has(word))
          .map(stemOf);
      known.set(part, words);
      return words;
    });
}

function partsOf(word: string): string[] {
  const parts = word
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(' ');
  return parts.length === 2 ? [...parts, parts.join('')] : parts;
}

/** A word without the endings that English puts to nouns and verbs, as far as that goes without a dictionary. */
export function stemOf(word: string): string {
  const stem = withoutEnding(word);
  return stem.length > 4 && stem.endsWith('e') ? stem.slice(0, -1) : stem;
}

function withoutEnding(word: string): string {
  if (word.length <= 2 || /(ss|us|is)$/.test(word)) return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(sses|shes|ches|xes|zes)$/.test(word)) return word.slice(0, -2);
  if (word.endsWith('s')) return word.slice(0, -1);
  if (word.endsWith('ing') && word.length > 5) return undoubled(word.slice(0, -3));
  if (word.endsWith('ed') && word.length > 4) return undoubled(word.slice(0, -2));
  return word;
}

/** `cancell` → `cancel`. */
function undoubled(stem: string): string {
  return /([bdglmnprt])\1$/.test(stem) ? stem.slice(0, -1) : stem;
}
