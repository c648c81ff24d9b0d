import { createHmac, hash } from 'node:crypto';

/** Keys of an AWS identity. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Of temporary credentials. */
  sessionToken?: string | undefined;
}

/** Gives the headers of a signed request: those that it was given and three of its own. */
export type Sign = (headers: Record<string, string>, body: Buffer, date: Date) => Record<string, string>;

/**
 * Signs POST requests to `path`, which must need no encoding, after AWS Signature Version 4. All headers are signed;
 * their names must be in lower case, and `host` among them. Whatever is sent beside them is not protected.
 */
export function postSigner(credentials: Credentials, region: string, service: string, path = '/'): Sign {
  const [pathname, query = ''] = path.split('?');
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  // Derived from the day: four rounds that need not be repeated for every request.
  let signingKey: { day: string; key: Buffer } | undefined;

  function keyOf(day: string): Buffer {
    if (signingKey?.day !== day) {
      const secret: Buffer = Buffer.from(`AWS4${secretAccessKey}`);
      signingKey = { day, key: [day, region, service, 'aws4_request'].reduce(hmac, secret) };
    }
    return signingKey.key;
  }

  return (headers, body, date) => {
    // `20261121T120000Z`
    const time = date.toISOString().replace(/[-:]|\.\d+/g, '');
    const day = time.slice(0, 8);
    const scope = `${day}/${region}/${service}/aws4_request`;
    const token = sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken };
    const covered: Record<string, string> = { ...headers, ...token, 'x-amz-date': time };
    const names = Object.keys(covered).sort();
    const lines = names.map((name) => `${name}:${covered[name]?.trim().replace(/ +/g, ' ')}\n`);
    const signedHeaders = names.join(';');
    const canonical = `POST\n${pathname}\n${query}\n${lines.join('')}\n${signedHeaders}\n${hash('sha256', body)}`;
    const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash('sha256', canonical)}`;
    const signature = hmac(keyOf(day), toSign).toString('hex');
    return {
      ...covered,
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
    };
  };
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
