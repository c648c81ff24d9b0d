/** Something took longer than it was given. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}

/** The outcome of `work`, or `TimedOut` after `ms`. The work itself goes on, as a function behind API Gateway does. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const alarm = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut(`Not answered within ${ms} ms.`)), ms);
  });
  try {
    return await Promise.race([work, alarm]);
  } finally {
    clearTimeout(timer);
  }
}
