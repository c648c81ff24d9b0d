/** The middle value; of an even number, the lower middle one. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

/** CPU microseconds of this process for one run of `operation`, averaged over `times` runs in sequence. */
export async function cpuPerRun(operation: () => Promise<unknown>, times: number): Promise<number> {
  const before = process.cpuUsage();
  for (let run = 0; run < times; run += 1) await operation();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}

/**
 * Runs every operation in each round, one after the other, so that a slow moment of the machine meets all of them;
 * gives the median round of each.
 */
export async function interleaved<K extends string>(
  operations: Record<K, () => Promise<number>>,
  rounds: number,
): Promise<Record<K, number>> {
  const names = Object.keys(operations) as K[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) samples[name].push(await operations[name]());
  }
  return Object.fromEntries(names.map((name) => [name, median(samples[name])])) as Record<K, number>;
}

/** A table for a terminal: the first column to the left, the others to the right. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}
