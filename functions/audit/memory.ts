import * as z from 'zod/mini';
import type { AuditLog } from './log.ts';
import { cursorAfter, dayOf, pageRequest, positionOf } from './position.ts';
import { auditRecordSchema } from './record.ts';

/** A log that lives as long as the process. */
export function memoryAudit(): AuditLog {
  /** Records as text, by position. */
  const log = new Map<string, string>();

  return {
    async append(records) {
      for (const record of records) {
        const position = positionOf(record);
        if (!log.has(position)) log.set(position, JSON.stringify(record));
      }
    },

    async read(day, options = {}) {
      const { limit, after } = pageRequest(day, options);
      const later = [...log].filter(([position]) => dayOf(position) === day && position > after).sort(byPosition);
      const page = later.slice(0, limit);
      const records = page.map(([, text]) => z.parse(auditRecordSchema, JSON.parse(text)));
      const last = page.at(-1)?.[0];
      return page.length === later.length || last === undefined ? { records } : { records, cursor: cursorAfter(last) };
    },
  };
}

function byPosition([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : 1;
}
