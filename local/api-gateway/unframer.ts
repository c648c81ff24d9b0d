import * as z from 'zod';
import { answerHeadersSchema } from './headers.ts';

/** Lambda separates the metadata of a streamed answer from its body by these bytes. */
const delimiter = Buffer.alloc(8);

/** API Gateway looks for the delimiter no further than this. */
const maxMetadataBytes = 16_384;

const metadataSchema = answerHeadersSchema.extend({
  statusCode: z.int().min(100).max(599).default(200),
  cookies: z.array(z.string()).optional(),
});

/** Status and headers of a streamed answer, as the function wrote them before its first chunk. */
export type Metadata = z.infer<typeof metadataSchema>;

/**
 * Takes a streamed answer apart: metadata as JSON, eight NUL bytes, body. `onMetadata` is called once, before any
 * body byte is returned. Throws when the bytes do not begin with a metadata frame.
 */
export function unframer(onMetadata: (metadata: Metadata) => void): (chunk: Uint8Array) => Uint8Array {
  let pending: Buffer | undefined = Buffer.alloc(0);
  return (chunk) => {
    if (!pending) return chunk;
    pending = Buffer.concat([pending, chunk]);
    const end = pending.indexOf(delimiter);
    if (end === -1 || end > maxMetadataBytes) {
      if (pending.length > maxMetadataBytes + delimiter.length)
        throw new Error('The answer does not begin with metadata.');
      return Buffer.alloc(0);
    }
    const metadata = metadataSchema.parse(JSON.parse(pending.toString('utf8', 0, end)));
    const body = pending.subarray(end + delimiter.length);
    pending = undefined;
    onMetadata(metadata);
    return body;
  };
}
