/** One part of a multipart body, as it was written. */
export interface ReadPart {
  /** Names in lower case. */
  headers: Map<string, string>;
  name: string | undefined;
  filename: string | undefined;
  type: string | undefined;
  content: Buffer;
}

/** Takes a multipart body apart (RFC 2046 section 5.1, RFC 7578). Throws for what is not one. */
export function readParts(contentType: string, payload: Uint8Array | string): ReadPart[] {
  const boundary = /;\s*boundary=([^\s;"]+)$/.exec(contentType)?.[1];
  // Latin-1 keeps every byte.
  const text = `\r\n${Buffer.from(payload).toString('latin1')}`;
  const pieces = text.split(`\r\n--${boundary}`);
  if (boundary === undefined || pieces[0] !== '' || pieces.at(-1) !== '--\r\n') {
    throw new Error(`This is no multipart body: ${contentType}`);
  }
  return pieces.slice(1, -1).map(readPart);
}

function readPart(piece: string): ReadPart {
  const end = piece.indexOf('\r\n\r\n');
  const lines = Buffer.from(piece.slice(2, end), 'latin1').toString().split('\r\n');
  const headers = new Map(
    lines.filter(Boolean).map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 2)] as const;
    }),
  );
  const disposition = headers.get('content-disposition') ?? '';
  return {
    headers,
    name: unescaped(/; name="([^"]*)"/.exec(disposition)?.[1]),
    filename: unescaped(/; filename="([^"]*)"/.exec(disposition)?.[1]),
    type: headers.get('content-type'),
    content: Buffer.from(piece.slice(end + 4), 'latin1'),
  };
}

/** Names are escaped as browsers do. */
function unescaped(name: string | undefined): string | undefined {
  return name?.replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n');
}
