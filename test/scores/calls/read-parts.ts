/** One part of a multipart body. */
export interface Part {
  name: string;
  fileName?: string | undefined;
  contentType?: string | undefined;
  content: Buffer;
}

/** Takes a multipart body apart (RFC 2046 section 5.1, RFC 7578). What is not one gives no parts. */
export function readParts(body: Buffer, contentType: string): Part[] {
  const boundary = /;\s*boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) return [];
  // Latin-1 keeps every byte.
  const pieces = `\r\n${body.toString('latin1')}`.split(`\r\n--${boundary}`);
  return pieces.slice(1, -1).map((piece) => {
    const start = piece.indexOf('\r\n\r\n');
    const head = Buffer.from(piece.slice(0, start), 'latin1').toString();
    const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? '';
    return {
      name: unescaped(/;\s*name="([^"]*)"/i.exec(disposition)?.[1] ?? ''),
      fileName: /;\s*filename="([^"]*)"/i.exec(disposition)?.[1],
      contentType: /^content-type:\s*(.*?)\s*$/im.exec(head)?.[1],
      content: Buffer.from(piece.slice(start + 4), 'latin1'),
    };
  });
}

/** Names are escaped as browsers do. */
function unescaped(name: string): string {
  return name.replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n');
}
