/** How long a call may still take, in whole and in its present step. */
export interface Patience {
  /** Starts a step that may take `ms`; what it says if it takes longer. */
  allow(ms: number, message: string): void;
  end(): void;
}

/** The longest delay that a timer takes. */
const maxDelay_ms = 2 ** 31 - 1;

/** Calls `lost` once, when a step or the `remaining_ms` of the whole are used up. */
export function startPatience(remaining_ms: number, lost: (message: string) => void): Patience {
  let step: NodeJS.Timeout | undefined;
  let stepMessage = '';
  let step_ms = -1;
  let ended = false;
  const whole = setTimeout(() => lost(outOfTime), Math.min(Math.max(remaining_ms, 0), maxDelay_ms));
  return {
    allow: (ms, message) => {
      if (ended) return;
      stepMessage = message;
      // The pieces of a body arrive in thousands: a timer that only moves is not made anew.
      if (step && ms === step_ms) {
        step.refresh();
        return;
      }
      clearTimeout(step);
      step_ms = ms;
      step = setTimeout(() => lost(stepMessage), ms);
    },
    end: () => {
      ended = true;
      clearTimeout(step);
      clearTimeout(whole);
    },
  };
}

/** Said when the call's own deadline, not the backend's settings, ended it. */
export const outOfTime = 'The time for this call ran out before the backend had answered.';
