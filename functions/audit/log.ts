import type { AuditRecord } from './record.ts';

export interface AuditPage {
  records: AuditRecord[];
  /** Pass to the next call; absent at the end. */
  cursor?: string;
}

/** The append-only log. */
export interface AuditLog {
  /**
   * Returns once every record is durable, in one request for at most 25 records. Writing a record again
   * changes nothing. Throws `unavailable` when durability is uncertain: callers then refuse.
   */
  append(records: readonly AuditRecord[]): Promise<void>;

  /** Records of one UTC day (`2026-11-21`), oldest first. */
  read(day: string, options?: { limit?: number; cursor?: string }): Promise<AuditPage>;
}
