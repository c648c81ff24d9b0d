import * as z from 'zod/mini';
import type { Act } from '../catalogue/act.ts';
import { withReview } from '../catalogue/review.ts';
import type { CatalogueStore } from '../catalogue/store.ts';
import { toolNameSchema } from '../catalogue/types.ts';
import { GatewayError } from '../gateway/errors.ts';
import { heldTools, type ShownHeldTool } from './held-tools.ts';
import { parseInput } from './parse-input.ts';
import { publishChange } from './publishing.ts';

const hash = z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/, 'must be the content_hash that the spec shows'));
const hashes = z._default(z.record(toolNameSchema, hash), {});
const reviewSchema = z.strictObject({ approve: hashes, reject: hashes });

export interface ReviewResult {
  spec: string;
  revision: number;
  approved: string[];
  rejected: string[];
  /** What is still held back. */
  held: ShownHeldTool[];
}

/**
 * Decides about definitions that are held: approved ones go live, all at once or none. Throws `invalid` for a body
 * that decides nothing, `not_found` for an unknown spec, and `conflict` for a definition that is not the one held.
 */
export async function approveChanges(
  store: CatalogueStore,
  spec: string,
  body: unknown,
  act: Act,
): Promise<ReviewResult> {
  const review = parseInput(reviewSchema, body);
  const [approved, rejected] = [Object.keys(review.approve), Object.keys(review.reject)];
  if (approved.length + rejected.length === 0) {
    const message = 'Name at least one tool under `approve` or `reject`, with the content_hash that is held of it.';
    throw new GatewayError('invalid', message, { field: 'approve' });
  }
  const { head, publication } = await publishChange(store, (current, snapshot) =>
    withReview(current, snapshot, spec, review, act),
  );
  return { spec, revision: head.revision, approved, rejected, held: heldTools(publication.snapshot, spec) };
}
