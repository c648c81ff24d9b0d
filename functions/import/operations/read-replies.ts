import { below, type Place } from '../document/place.ts';
import type { Source } from '../document/source.ts';
import { isObject, type JsonObject, membersOf } from '../json-object.ts';
import type { MediaType, Reply } from './operation.ts';

/** Reads the media types that a Response Object describes. */
type ReadMedia = (reply: JsonObject, place: Place) => MediaType[];

/**
 * The replies that may be what a successful call returns: the lowest status first and last, where no other is,
 * `default`. One that cannot be found is noted.
 */
export function readReplies(
  { value: responses, place }: { value: unknown; place: Place },
  source: Source,
  notes: string[],
  readMedia: ReadMedia,
): Reply[] {
  const replies: Reply[] = [];
  for (const [status, value] of membersOf(responses)) {
    if (status.startsWith('x-')) continue;
    const at = below(place, status);
    const found = source.follow({ value, place: at });
    if ('problem' in found) notes.push(`${at}: ${found.problem}, so this reply is not described.`);
    else if (isObject(found.value) && maySucceed(status)) {
      replies.push({ status, media: readMedia(found.value, found.place) });
    }
  }
  return replies.sort((a, b) => (a.status < b.status ? -1 : 1));
}

function maySucceed(status: string): boolean {
  return status === 'default' || /^2(?:\d\d|XX)$/i.test(status);
}
