/** The type without its parameters, in lower case. */
export function essenceOf(type: string): string {
  return (type.split(';')[0] ?? '').trim().toLowerCase();
}

export function isJson(type: string): boolean {
  const essence = essenceOf(type);
  return essence === 'application/json' || essence === 'text/json' || essence.endsWith('+json');
}

/** Types whose argument is the text itself; of every other type it is base64. The import describes them alike. */
export function isText(type: string): boolean {
  return /^text\/|[/+](?:xml|yaml|x-yaml|x-ndjson|ndjson|jsonl|json-seq|graphql|javascript|sql|csv|toml|pem-certificate-chain)$/.test(
    essenceOf(type),
  );
}

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
