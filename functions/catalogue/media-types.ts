/** The type without its parameters, in lower case. */
export function essenceOf(type: string): string {
  return (type.split(';')[0] ?? '').trim().toLowerCase();
}

/** Whether a type is JSON (RFC 6839 section 3.1), parameters or not. */
export function isJson(type: string): boolean {
  const essence = essenceOf(type);
  return essence === 'application/json' || essence === 'text/json' || essence.endsWith('+json');
}

const textual =
  /^text\/|[/+](?:xml|yaml|x-yaml|x-ndjson|ndjson|jsonl|json-seq|graphql|javascript|sql|csv|toml|pem-certificate-chain)$/;

/** Whether what is of a type is text: an import describes it so, a call sends it so, and a reply is shown so. */
export function isText(type: string): boolean {
  return textual.test(essenceOf(type));
}
