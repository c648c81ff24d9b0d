import { essenceOf, isJson, isText } from '../../catalogue/media-types.ts';

/** How a body of a media type is made from arguments. */
export type BodyKind = 'json' | 'form' | 'multipart' | 'text' | 'binary';

/** The kind of a media type. Media ranges count as what can be sent for them. */
export function kindOf(type: string): BodyKind {
  const essence = essenceOf(type);
  if (essence === '*/*' || essence === 'application/*' || isJson(essence)) return 'json';
  if (essence === 'application/x-www-form-urlencoded') return 'form';
  if (essence.startsWith('multipart/')) return 'multipart';
  return isText(essence) ? 'text' : 'binary';
}

/** What to write into `Content-Type`: a media range stands for its usual member, unless the file sent says its own. */
export function sendableType(type: string): string {
  const essence = essenceOf(type);
  if (essence === '*/*' || essence === 'application/*') return 'application/json';
  if (essence === 'text/*') return 'text/plain';
  if (essence === 'multipart/*') return 'multipart/form-data';
  return /^[!#$&^\w.+-]+\/(?:[!#$&^\w.+-]+|\*)$/.test(essence) ? type : 'application/octet-stream';
}
