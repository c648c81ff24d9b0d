import { follower } from './declared.ts';
import { isObject, type Json } from './json.ts';

/** The security schemes that a document declares. */
export function securitySchemes(document: Json): Json[] {
  const components = isObject(document.components) ? document.components.securitySchemes : undefined;
  const schemes = document.securityDefinitions ?? components;
  return isObject(schemes) ? Object.values(schemes).map(follower(document)) : [];
}
