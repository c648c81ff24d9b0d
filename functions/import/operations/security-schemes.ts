import type { CredentialRequirement, SecurityScheme } from '../../catalogue/types.ts';
import { below, documentRoot } from '../document/place.ts';
import type { Source } from '../document/source.ts';
import { isObject, itemsOf, type JsonObject, membersOf, textOf } from '../json-object.ts';
import { plainLine } from '../plain-text.ts';

const maxSchemes = 100;
const maxScopes = 200;
const maxAlternatives = 20;
const maxText = 500;

/** The kinds of credential that the document knows, in the terms of OpenAPI 3. */
export function securitySchemes(source: Source): SecurityScheme[] {
  const keys = source.dialect === '2.0' ? ['securityDefinitions'] : ['components', 'securitySchemes'];
  const schemes = source.locate(below(documentRoot, ...keys));
  const all = 'problem' in schemes ? schemes : source.follow(schemes);
  if ('problem' in all) return [];
  return membersOf(all.value)
    .slice(0, maxSchemes)
    .flatMap(([name, value]) => {
      const found = source.follow({ value, place: below(all.place, name) });
      return 'value' in found && isObject(found.value) ? [readScheme(name, found.value)] : [];
    });
}

/** The parameters that `apiKey` schemes fill in, as `header x-api-key`: no model is asked for them. */
export function credentialParameters(schemes: readonly SecurityScheme[]): Set<string> {
  return new Set(
    schemes.flatMap(({ type, in: place, parameter }) => {
      if (type !== 'apiKey' || place === undefined || parameter === undefined) return [];
      return [`${place} ${place === 'header' ? parameter.toLowerCase() : parameter}`];
    }),
  );
}

/**
 * What credentials an operation asks for: one of the alternatives, with all that it names, each with its scopes. An
 * alternative that names nothing says that none is needed; `undefined` is a document that says nothing.
 */
export function credentialsOf(security: unknown): CredentialRequirement[] | undefined {
  if (!Array.isArray(security)) return undefined;
  return security
    .filter(isObject)
    .slice(0, maxAlternatives)
    .map((alternative) =>
      membersOf(alternative)
        .slice(0, maxAlternatives)
        .map(([scheme, scopes]) => ({ scheme: line(scheme), scopes: textsIn(scopes) })),
    );
}

function readScheme(name: string, value: JsonObject): SecurityScheme {
  const isBasic = value.type === 'basic';
  const flows = membersOf(value.flows ?? swaggerFlow(value)).map(([flow, written]) => readFlow(flow, written));
  return {
    name: line(name),
    type: isBasic ? 'http' : line(value.type),
    ...(typeof value.in === 'string' && { in: line(value.in) }),
    ...(typeof value.name === 'string' && { parameter: line(value.name) }),
    ...(isBasic ? { scheme: 'basic' } : typeof value.scheme === 'string' && { scheme: line(value.scheme) }),
    ...(textOf(value.openIdConnectUrl) && { openid_connect_url: line(value.openIdConnectUrl) }),
    ...(flows.length > 0 && { flows }),
    ...(textOf(value.description) && { description: line(value.description) }),
  };
}

const swaggerFlows: Record<string, string> = { accessCode: 'authorizationCode', application: 'clientCredentials' };

/** In 2.0 a scheme has one flow, whose members are its own. */
function swaggerFlow(scheme: JsonObject): JsonObject {
  const { flow } = scheme;
  return typeof flow === 'string' ? { [swaggerFlows[flow] ?? flow]: scheme } : {};
}

function readFlow(flow: string, written: unknown): NonNullable<SecurityScheme['flows']>[number] {
  const { tokenUrl, authorizationUrl, scopes } = isObject(written) ? written : {};
  return {
    flow: line(flow),
    ...(textOf(authorizationUrl) && { authorization_url: line(authorizationUrl) }),
    ...(textOf(tokenUrl) && { token_url: line(tokenUrl) }),
    scopes: textsIn(Object.keys(isObject(scopes) ? scopes : {})),
  };
}

function textsIn(values: unknown): string[] {
  return itemsOf(values).slice(0, maxScopes).map(line);
}

function line(value: unknown): string {
  return plainLine(typeof value === 'string' ? value : '', maxText);
}
