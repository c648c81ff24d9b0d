/** All but the unreserved characters of RFC 3986; `encodeURIComponent` leaves five of the others as they are. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, asTriple);
}

/**
 * Reserved expansion (RFC 6570 section 3.2.3) for a query: reserved characters and percent triples stay, save those
 * with which a value could end itself or begin another: `#`, `&`, `=`, `+`, `[` and `]`.
 */
export function percentEncodeReserved(text: string): string {
  return text.replace(/%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~:/?@!$'()*,;%]+/g, encodeURIComponent);
}

/** A literal of a path template: what RFC 3986 allows in a path stays, also what is already encoded. */
export function percentEncodePath(text: string): string {
  return text.toWellFormed().replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@%/]+/g, encodeURIComponent);
}

function asTriple(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
