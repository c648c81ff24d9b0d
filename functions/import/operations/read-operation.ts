import { below } from '../document/place.ts';
import type { Located, Source } from '../document/source.ts';
import { isObject, itemsOf, type JsonObject, textOf } from '../json-object.ts';
import { mergeParameters } from './merge-parameters.ts';
import type { Body, FoundOperation, Operation } from './operation.ts';
import { readContent } from './read-content.ts';
import { readParameter } from './read-parameter.ts';
import { readReplies } from './read-replies.ts';
import { readSwaggerOperation } from './read-swagger-operation.ts';

/** Reads an operation of any dialect. What it refers to and cannot be found is noted and left out. */
export function readOperation(found: FoundOperation, value: JsonObject, source: Source): Operation {
  const notes: string[] = [];
  const security = value.security ?? source.document.security;
  noteOwnServers(found, value, source, notes);
  const written = mergeParameters(found, value, source, notes);
  if (source.dialect === '2.0') {
    return { found, value, security, notes, ...readSwaggerOperation(found, value, written, source, notes) };
  }
  const parameters = written.flatMap((parameter) => readParameter(parameter, source, notes));
  const requestBody = { value: value.requestBody, place: below(found.place, 'requestBody') };
  const body = value.requestBody === undefined ? undefined : readBody(requestBody, source, notes);
  const responses = { value: value.responses, place: below(found.place, 'responses') };
  const replies = readReplies(responses, source, notes, ({ content }, at) =>
    readContent(content, below(at, 'content'), source),
  );
  return { found, value, security, notes, parameters, body, replies };
}

/** Calls go to the backend's base URL; an operation that lives elsewhere should not fail in silence. */
function noteOwnServers(
  { pathItem, place, pathPlace }: FoundOperation,
  value: JsonObject,
  source: Source,
  notes: string[],
): void {
  const { servers = pathItem.servers } = value;
  const own = serverUrls(servers);
  if (own.length === 0) return;
  const usual = serverUrls(source.document.servers);
  if (own.some((url) => usual.includes(url))) return;
  const at = below(value.servers === undefined ? pathPlace : place, 'servers');
  const shown = JSON.stringify(own[0]?.slice(0, 200));
  notes.push(`${at}: this operation has a server of its own, ${shown}; it is sent to the backend all the same.`);
}

function serverUrls(servers: unknown): string[] {
  return itemsOf(servers).flatMap((server) => (isObject(server) && typeof server.url === 'string' ? [server.url] : []));
}

function readBody(node: Located, source: Source, notes: string[]): Body | undefined {
  const found = source.follow(node);
  if ('problem' in found || !isObject(found.value)) {
    const problem = 'problem' in found ? found.problem : 'this is not a request body';
    notes.push(`${node.place}: ${problem}, so no body is sent.`);
    return undefined;
  }
  const { required, description, content } = found.value;
  const media = readContent(content, below(found.place, 'content'), source);
  return { required: required === true, description: textOf(description), media, place: found.place };
}
