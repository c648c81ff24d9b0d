import { digestOf } from './subscriptions.ts';

const form = /^([0-9a-f-]{36})_(\d{1,9})_((?:[\w-]{16})+)$/;

/** Where a client is in a standing stream. The ids of events carry it, so any instance can go on, and nothing is kept. */
export interface Position {
  stream: string;
  /** How many events there were. */
  number: number;
  /** What the client has been told: stamps by the digests of topics. */
  told: ReadonlyMap<string, string>;
}

/** The id of the event by which the client has been told `told`, stamps by their topics. */
export function eventIdOf({ stream, number }: Pick<Position, 'stream' | 'number'>, told: Position['told']): string {
  return `${stream}_${number}_${[...told].map(([topic, stamp]) => digestOf(topic) + stamp).join('')}`;
}

/** The position that such an id names; `undefined` for the id of an event on any other stream. */
export function positionOf(eventId: string): Position | undefined {
  const [, stream, number, told] = form.exec(eventId) ?? [];
  if (stream === undefined || told === undefined) return undefined;
  const pairs = told.match(/.{16}/g)?.map((pair) => [pair.slice(0, 8), pair.slice(8)] as const);
  return { stream, number: Number(number), told: new Map(pairs) };
}
