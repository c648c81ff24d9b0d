/** Epoch milliseconds. Passed by hand, so that a test can move time. */
export type Clock = () => number;

export const systemClock: Clock = Date.now;
