import { isObject, membersOf } from './json-object.ts';
import type { Source } from './source.ts';

/** The parameters that an `apiKey` scheme of the document fills in, as `header x-api-key`: no model is asked for them. */
export function credentialParameters({ document, dialect }: Source): Set<string> {
  const { components } = document;
  const schemes = dialect === '2.0' ? document.securityDefinitions : isObject(components) && components.securitySchemes;
  const keys = membersOf(schemes).flatMap(([, scheme]) => {
    if (!isObject(scheme) || scheme.type !== 'apiKey' || typeof scheme.name !== 'string') return [];
    return [`${String(scheme.in)} ${scheme.in === 'header' ? scheme.name.toLowerCase() : scheme.name}`];
  });
  return new Set(keys);
}
