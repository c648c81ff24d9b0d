import { GatewayError } from '../../gateway/errors.ts';
import { below, documentRoot, type Place } from '../document/place.ts';
import type { Source } from '../document/source.ts';
import { isObject, type JsonObject, membersOf } from '../json-object.ts';
import type { FoundOperation } from './operation.ts';

/** Half as many again as the largest published document has. More is no API that one catalogue could hold. */
const maxOperations = 30_000;

const methods = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/**
 * Every operation of `paths`, in the order of the document. A path item that cannot be read is a warning, since
 * nobody knows what operations it has. Callbacks and webhooks are calls the other way and are not looked at. Throws
 * `invalid` for `paths` that are no object, and for more operations than can be served.
 */
export function listOperations(source: Source, warnings: string[]): FoundOperation[] {
  const paths = source.follow({ value: source.document.paths ?? {}, place: below(documentRoot, 'paths') });
  if ('problem' in paths || !isObject(paths.value)) {
    throw new GatewayError('invalid', '`paths` is not an object: it has to map each path to its operations.', {
      field: 'paths',
    });
  }
  const operations = membersOf(paths.value)
    .filter(([path]) => !path.startsWith('x-'))
    .flatMap(([path, value]) => {
      const place = below(paths.place, path);
      const found = source.follow({ value, place });
      if ('problem' in found || !isObject(found.value)) {
        const problem = 'problem' in found ? found.problem : 'this is not a path item';
        warnings.push(`${place}: ${problem}, so its operations are missing.`);
        return [];
      }
      // Since 3.1 a path item may have members of its own beside `$ref`.
      const item = isObject(value) && found.value !== value ? { ...found.value, ...value } : found.value;
      return operationsOf(item, found.place, path, source);
    });
  if (operations.length > maxOperations) {
    const message = `The document has ${operations.length} operations, and at most ${maxOperations} can be imported: split it into one document for each part of the API.`;
    throw new GatewayError('invalid', message, { field: 'paths' });
  }
  return operations;
}

function operationsOf(pathItem: JsonObject, pathPlace: Place, path: string, source: Source): FoundOperation[] {
  const shared = { path, pathItem, pathPlace };
  const found = (method: string, place: Place, value: unknown): FoundOperation => ({
    ...shared,
    method: method.toUpperCase(),
    place,
    value,
  });
  return Object.entries(pathItem).flatMap(([key, value]) => {
    const place = below(pathPlace, key);
    if (methods.has(key.toLowerCase()) || (source.dialect === '3.2' && key === 'query'))
      return [found(key, place, value)];
    if (source.dialect !== '3.2' || key !== 'additionalOperations') return [];
    return membersOf(value).map(([method, operation]) => found(method, below(place, method), operation));
  });
}
