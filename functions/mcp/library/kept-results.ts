import { randomUUID } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import type { Principal } from '../../auth/principal.ts';
import type { KeptResult } from '../../call/link-large.ts';
import type { Clock } from '../../gateway/clock.ts';
import type { StateStore } from '../../state/store.ts';
import { ownerOf } from '../owner-of.ts';
import type { Contents } from './library.ts';

const maxBytes = 4 * 1_048_576;
const keptSeconds = 900;
/** A table item holds 400 KB, and base64 is a third longer than its bytes. */
const chunkBytes = 262_144;

const chunkSchema = z.object({ data: z.string() });
const rowSchema = z.extend(chunkSchema, {
  owner: z.string(),
  media_type: z.string(),
  is_text: z.boolean(),
  chunks: z.number(),
});

/** Results of calls that are too large for an answer, each its principal's alone until it expires. */
export interface KeptResults {
  /** `undefined` for what is larger than 4 MB. */
  keep(principal: Principal, content: string | Uint8Array, mediaType: string): Promise<KeptResult | undefined>;
  /** `undefined` for what is unknown, somebody else's or expired. */
  read(principal: Principal, uri: string): Promise<Contents | undefined>;
}

export function keptResults(state: StateStore, clock: Clock): KeptResults {
  async function chunk(id: string, index: number): Promise<Buffer | undefined> {
    const entry = await state.get(keyOf(id, index));
    return entry && Buffer.from(z.parse(chunkSchema, entry.value).data, 'base64');
  }

  return {
    async keep(principal, content, mediaType) {
      const bytes = Buffer.from(content);
      if (bytes.byteLength > maxBytes) return undefined;
      const id = randomUUID();
      const expiresAt = Math.floor(clock() / 1_000) + keptSeconds;
      const packed = gzipSync(bytes);
      const chunks = Math.ceil(packed.byteLength / chunkBytes);
      const first = { owner: ownerOf(principal), media_type: mediaType, is_text: typeof content === 'string', chunks };
      // One after the other: all at once would take a large share of what the table may write in a second.
      for (let index = chunks - 1; index >= 0; index -= 1) {
        const data = packed.subarray(index * chunkBytes, (index + 1) * chunkBytes).toString('base64');
        await state.create(keyOf(id, index), index === 0 ? { ...first, data } : { data }, expiresAt);
      }
      return { uri: `result://${id}`, size: bytes.byteLength, expires_at: new Date(expiresAt * 1_000).toISOString() };
    },

    async read(principal, uri) {
      const id = /^result:\/\/([0-9a-f-]{36})$/.exec(uri)?.[1];
      const entry = id === undefined ? undefined : await state.get(keyOf(id, 0));
      if (id === undefined || !entry) return undefined;
      const { owner, media_type: mimeType, is_text, chunks, data } = z.parse(rowSchema, entry.value);
      if (owner !== ownerOf(principal)) return undefined;
      const rest = await Promise.all(Array.from({ length: chunks - 1 }, (_, index) => chunk(id, index + 1)));
      const parts = rest.filter((part) => part !== undefined);
      // Expired between two reads.
      if (parts.length < rest.length) return undefined;
      const bytes = gunzipSync(Buffer.concat([Buffer.from(data, 'base64'), ...parts]));
      return [is_text ? { uri, mimeType, text: bytes.toString() } : { uri, mimeType, blob: bytes.toString('base64') }];
    },
  };
}

function keyOf(id: string, index: number): string {
  return index === 0 ? `RESULT#${id}` : `RESULT#${id}#${index}`;
}
