import { essenceOf } from '../../catalogue/media-types.ts';
import { kindOf, sendableType } from '../operations/media-types.ts';
import type { MediaType } from '../operations/operation.ts';
import { resolved } from '../schemas/resolved.ts';
import type { SchemaRoom } from '../schemas/schema-room.ts';
import { isFile } from './form-fields.ts';

/**
 * The media type in which a body is sent, of those that can be. JSON first, since it carries every value; a form rather
 * than multipart, unless there are files; multipart that is no form last, since its parts may mean anything.
 */
export function chooseMedia(media: MediaType[], room: SchemaRoom): MediaType | undefined {
  const rank = (type: MediaType): number => {
    if (essenceOf(type.type) === 'application/json') return 0;
    if (!isForm(type)) return 7;
    const kind = kindOf(type.type);
    if (kind === 'form') return hasFile(type, room) ? 4 : 2;
    return { json: 1, multipart: 3, text: 5, binary: 6 }[kind];
  };
  return media.filter((type) => isForm(type) || hasParts(type, room)).toSorted((a, b) => rank(a) - rank(b))[0];
}

function isForm({ type }: MediaType): boolean {
  return kindOf(type) !== 'multipart' || sendableType(type).startsWith('multipart/form-data');
}

/** Whether it is known what the parts are: the items of a list, or the properties of an object. */
function hasParts({ schema }: MediaType, room: SchemaRoom): boolean {
  if (!schema) return false;
  const root = resolved(room.convert(schema).schema, room);
  return root.type === 'array' || (room.asPlainObject(root)?.properties.size ?? 0) > 0;
}

function hasFile({ schema }: MediaType, room: SchemaRoom): boolean {
  const object = schema && room.asPlainObject(room.convert(schema).schema);
  return [...(object?.properties.values() ?? [])].some((property) => isFile(property, undefined, room));
}
