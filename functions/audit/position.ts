import { GatewayError } from '../gateway/errors.ts';
import type { AuditRecord } from './record.ts';

const usualPage = 100;

/** Where a record stands in the log: positions sort as text in the order of time, and no two records share one. */
export function positionOf({ at, call_id, kind }: AuditRecord): string {
  return `${at}#${call_id}#${kind}`;
}

/** The day to which a position or a time belongs, `2026-11-21`. */
export function dayOf(position: string): string {
  return position.slice(0, 10);
}

/** The cursor of the page that follows a position. */
export function cursorAfter(position: string): string {
  return Buffer.from(position).toString('base64url');
}

/** What a reader asked for. Throws `bad_request` for what is no day, or no cursor of that day. */
export function pageRequest(day: string, { limit = usualPage, cursor }: { limit?: number; cursor?: string }) {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) {
    throw new GatewayError('bad_request', `"day" must be a date like 2026-11-21.`, { field: 'day' });
  }
  // The day itself sorts before all of its positions.
  const after = cursor === undefined ? day : Buffer.from(cursor, 'base64url').toString();
  // Longer texts are no keys of the table.
  if (dayOf(after) !== day || after.length > 300) {
    throw new GatewayError('bad_request', `"cursor" must be one that a page of ${day} gave.`, { field: 'cursor' });
  }
  return { limit: Math.max(1, limit), after };
}
