import type { ServerSuggestion } from '../../catalogue/types.ts';
import type { Source } from '../document/source.ts';
import { isObject, itemsOf, type JsonObject, membersOf, textOf } from '../json-object.ts';
import { plainLine } from '../plain-text.ts';

const maxServers = 20;
const maxVariables = 20;
const maxValues = 50;
const maxUrl = 500;

/**
 * Where the document says that its API is. Nothing is ever sent there: a person decides which of them a backend may
 * have, and `problem` says why that should be none of their likes.
 */
export function suggestedServers({ document, dialect }: Source): ServerSuggestion[] {
  const servers = dialect === '2.0' ? swaggerServers(document) : itemsOf(document.servers).filter(isObject);
  return servers.slice(0, maxServers).flatMap((server) => {
    const url = plainLine(textOf(server.url) ?? '', maxUrl);
    return url === '' ? [] : [suggestion(url, server)];
  });
}

function swaggerServers({ host, basePath, schemes }: JsonObject): JsonObject[] {
  if (textOf(host) === undefined) return [];
  const written = itemsOf(schemes).filter((scheme) => typeof scheme === 'string');
  return (written.length > 0 ? written : ['https']).map((scheme) => ({
    url: `${scheme}://${host}${textOf(basePath) ?? ''}`,
  }));
}

function suggestion(url: string, server: JsonObject): ServerSuggestion {
  const description = plainLine(textOf(server.description) ?? '', 500);
  const variables = membersOf(server.variables).slice(0, maxVariables).map(readVariable);
  const filled = url.replace(/\{([^{}]*)\}/g, (expression, name: string) => {
    const variable = variables.find((one) => one.name === name);
    return variable?.default ?? variable?.enum?.[0] ?? expression;
  });
  const problem = problemOf(filled);
  return {
    url,
    ...(problem === undefined && { base_url: filled.replace(/\/+$/, '') }),
    ...(description !== '' && { description }),
    ...(variables.length > 0 && { variables }),
    ...(problem !== undefined && { problem }),
  };
}

function readVariable([name, value]: [string, unknown]): NonNullable<ServerSuggestion['variables']>[number] {
  const written = isObject(value) ? value : {};
  const values = itemsOf(written.enum).map((one) => plainLine(String(one), maxUrl));
  const fallback = ['string', 'number'].includes(typeof written.default) ? String(written.default) : undefined;
  const description = plainLine(textOf(written.description) ?? '', 500);
  return {
    name: plainLine(name, 100),
    ...(fallback !== undefined && { default: plainLine(fallback, maxUrl) }),
    ...(values.length > 0 && { enum: values.slice(0, maxValues) }),
    ...(description !== '' && { description }),
  };
}

/** Names that only a network of one's own answers to. */
const privateName = /(?:^|\.)(?:localhost|local|internal|intranet|private|corp|home|lan|arpa)$/;

function problemOf(text: string): string | undefined {
  if (/[{}]/.test(text)) return 'has a variable without a default: write its value';
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) return 'is relative to where the document was found: put the host before it';
  const url = URL.parse(text);
  if (!url || !/^https?:\/\/[^/\\]/i.test(text)) return 'is not a URL with https';
  if (url.username !== '' || url.password !== '') return 'has a user or password in it: store a credential instead';
  const host = url.hostname.replace(/\.$/, '');
  if (/^\[|^[\d.]+$/.test(host)) return 'has an IP address in the place of a name: ask whose it is';
  if (privateName.test(host) || !host.includes('.')) return 'has a name that is not public';
  if (url.protocol !== 'https:') return 'does not use https';
  return /[?#]/.test(text) ? 'has a query or a fragment' : undefined;
}
