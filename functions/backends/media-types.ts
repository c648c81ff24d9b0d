import { essenceOf } from '../catalogue/media-types.ts';

/**
 * The type to send of those that a document declares, which may be ranges: the one that the content has if it is among
 * them, else the first that is no range, else the usual member of the first.
 */
export function typeToSend(declared: string[], own?: string): string {
  if (own !== undefined && declared.some((type) => isWithin(own, type))) return own;
  return declared.find((type) => !essenceOf(type).includes('*')) ?? usualMember(essenceOf(declared[0] ?? ''));
}

function isWithin(type: string, range: string): boolean {
  const allowed = essenceOf(range);
  return essenceOf(type) === allowed || (allowed.endsWith('/*') && essenceOf(type).startsWith(allowed.slice(0, -1)));
}

function usualMember(range: string): string {
  if (range === '*/*' || range === 'application/*') return 'application/json';
  if (range === 'text/*') return 'text/plain';
  return range === 'multipart/*' ? 'multipart/form-data' : 'application/octet-stream';
}
