/**
 * How alike two texts are, from 0 to 1: the share of the longer one's trigrams that the other one has too, without
 * regard to case and spacing. Measured against the longer text, so that one which has a second one appended counts as
 * half changed, however much of it is old.
 */
export function similarity(one: string, other: string): number {
  if (one === other) return 1;
  const [a, b] = [trigramsOf(one), trigramsOf(other)];
  const longer = Math.max(a.length, b.length);
  if (longer === 0) return 1;
  const left = new Map<string, number>();
  for (const trigram of a) left.set(trigram, (left.get(trigram) ?? 0) + 1);
  let common = 0;
  for (const trigram of b) {
    const count = left.get(trigram) ?? 0;
    if (count > 0) common += 1;
    left.set(trigram, count - 1);
  }
  return common / longer;
}

function trigramsOf(text: string): string[] {
  const plain = text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
  if (plain === '') return [];
  const padded = ` ${plain} `;
  return Array.from({ length: padded.length - 2 }, (_, index) => padded.slice(index, index + 3));
}
