/**
 * What `fittingAt` gives for the deepest of these depths at which it gives anything, found by halving: the deeper, the
 * larger.
 */
export function deepestFitting<T>(
  shallowest: number,
  deepest: number,
  fittingAt: (depth: number) => T | undefined,
): T | undefined {
  let fitting: T | undefined;
  let shallow = shallowest;
  let deep = deepest;
  while (shallow <= deep) {
    const depth = fitting ? Math.floor((shallow + deep) / 2) : shallow;
    const candidate = fittingAt(depth);
    if (candidate) {
      fitting = candidate;
      shallow = depth + 1;
    } else {
      if (!fitting) return undefined;
      deep = depth - 1;
    }
  }
  return fitting;
}
