type Json = Record<string, unknown>;

/** The parts of a tool that say which names stand for others where. */
export interface Aliased {
  client_schema?: Json | undefined;
  aliases?: Record<string, string> | undefined;
}

/** Arguments as a client knows them, by the names that the tool's input schema has. */
export function withoutAliases(args: Json, { client_schema, aliases }: Aliased): Json {
  if (!client_schema || !aliases) return args;
  const own = new Map(Object.entries(aliases));
  const rename = (key: string, object: Json) => {
    const name = own.get(key);
    // A client that uses the own name as well means that.
    return { known: key, key: name === undefined || Object.hasOwn(object, name) ? key : name };
  };
  return renamed(args, [client_schema], rename) as Json;
}

/** Arguments by their own names, as a client that is shown the safe form knows them. */
export function withAliases(args: Json, { client_schema, aliases }: Aliased): Json {
  if (!client_schema || !aliases) return args;
  const shown = new Map(Object.entries(aliases).map(([alias, name]) => [name, alias]));
  const rename = (key: string) => ({ known: shown.get(key) ?? key, key: shown.get(key) ?? key });
  return renamed(args, [client_schema], rename) as Json;
}

/** What a member of an object becomes: by the name `known` the schema has it. */
type Rename = (key: string, object: Json) => { known: string; key: string };

/** Along the schema, so that the keys of objects that it leaves open stay as they are. */
function renamed(value: unknown, schemas: readonly Json[], rename: Rename): unknown {
  if (typeof value !== 'object' || value === null || schemas.length === 0) return value;
  const parts = schemas.flatMap(alternatives);
  if (Array.isArray(value)) {
    const items = parts.map(({ items }) => items).filter(isSchema);
    return items.length === 0 ? value : value.map((item) => renamed(item, items, rename));
  }
  const object = value as Json;
  const members = Object.entries(object).map(([name, member]) => {
    const { known, key } = rename(name, object);
    const described = parts.flatMap(({ properties }) => memberOf(properties, known));
    if (described.length > 0) return [key, renamed(member, described, rename)];
    const others = parts.map(({ additionalProperties }) => additionalProperties).filter(isSchema);
    return [name, renamed(member, others, rename)];
  });
  return Object.fromEntries(members);
}

function alternatives(schema: Json): Json[] {
  const { anyOf } = schema;
  return Array.isArray(anyOf) ? [schema, ...anyOf.filter(isSchema).flatMap(alternatives)] : [schema];
}

function memberOf(properties: unknown, name: string): Json[] {
  if (!isSchema(properties) || !Object.hasOwn(properties, name)) return [];
  const member = properties[name];
  return isSchema(member) ? [member] : [];
}

function isSchema(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
