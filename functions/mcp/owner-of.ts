import type { Principal } from '../auth/principal.ts';

/**
 * By what a session or a task is known to be its principal's. The same person through another client is another
 * principal here: what one client began is no business of the other.
 */
export function ownerOf({ issuer, subject, client_id }: Principal): string {
  return JSON.stringify([issuer, subject, client_id ?? null]);
}
