import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';

/** Many clients ignore `nextCursor`, so a page is as large as an answer may sensibly be. */
export const pageSize = 1_000;

/** What tells a client that there is more after `next`, if there is. */
export function cursorTo(next: string | undefined): { nextCursor?: string } {
  return next === undefined ? {} : { nextCursor: encodeCursor(next) };
}

/** A cursor names the last entry of the page before, so that it stays good when the catalogue changes. */
function encodeCursor(after: string): string {
  return Buffer.from(after, 'utf8').toString('base64url');
}

/** Throws `-32602` for a cursor that no page gave (MCP, pagination). */
export function decodeCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const after = Buffer.from(cursor, 'base64url').toString('utf8');
  if (after === '' || encodeCursor(after) !== cursor) {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown cursor. Start again without one.');
  }
  return after;
}
