import type { SpecEvent } from './types.ts';

/** Who does something, and when. */
export interface Act {
  /** Epoch milliseconds. */
  now: number;
  /** The name of the API key. */
  by: string;
}

/** What was done to a spec, before a publication gives it its number and the spec's entry. */
export interface NewSpecEvent extends Omit<SpecEvent, 'revision' | 'entry'> {
  spec: string;
}

export function eventOf(spec: string, action: SpecEvent['action'], { now, by }: Act): NewSpecEvent {
  return { spec, action, at: new Date(now).toISOString(), by };
}

/** Stands where a revision's number belongs until a publication has taken one. */
export const unnumbered = 0;
