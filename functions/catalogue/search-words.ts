/** Words that say nothing about which tool is meant. */
const idle = new Set(
  (
    'a an and any are as at be been by can could do does for from has have how i if in into is it its like me my ' +
    'need of on or our please should so some than that the their them then there these this those to want was what ' +
    'when where which who will with would you your'
  ).split(' '),
);

/** Verbs that APIs use for one another, each group by its first. */
const verbs = new Map(
  [
    'create add new make insert register open post start',
    'delete remove erase destroy drop cancel revoke',
    'update edit change modify set replace rename patch put',
    'list show browse enumerate all',
    'get fetch retrieve read view look',
    'search find query lookup',
    'send deliver submit push',
    'upload attach import',
    'download export',
    'enable activate',
    'disable deactivate stop pause',
    'copy clone duplicate',
  ].flatMap((line) => {
    const [first = '', ...others] = line.split(' ');
    return [first, ...others].map((verb) => [stemOf(verb), first] as const);
  }),
);

/** The words of a text as they are compared: lower case, singular, without accents; one word for verbs that mean the same. */
export function searchWords(text: string): string[] {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !idle.has(word))
    .map((word) => {
      const stem = stemOf(word);
      return verbs.get(stem) ?? stem;
    });
}

/** A word without the endings that English puts to nouns and verbs, as far as that goes without a dictionary. */
function stemOf(word: string): string {
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
