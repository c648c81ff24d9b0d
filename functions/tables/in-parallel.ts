/**
 * Does `work` for every item, at most `width` at a time. After a failure no further item is begun; it is thrown
 * once what had begun is over, so that nothing goes on behind the caller's back.
 */
export async function inParallel<T>(
  items: Iterable<T>,
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  // A generator ends for all workers when one of them leaves its loop by throwing.
  const queue = (function* () {
    yield* items;
  })();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  const ends = await Promise.allSettled(Array.from({ length: width }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
