/** An object of JSON. */
export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Both schemas at once, as far as generating a value needs it. */
export function combine(a: Json, b: Json): Json {
  const both: Json = { ...a, ...b };
  if (isObject(a.properties) && isObject(b.properties)) {
    both.properties = combineProperties(a.properties, b.properties);
  }
  if (Array.isArray(a.required) && Array.isArray(b.required))
    both.required = [...new Set([...a.required, ...b.required])];
  if (Array.isArray(a.enum) && Array.isArray(b.enum))
    both.enum = a.enum.filter((value) => (b.enum as unknown[]).includes(value));
  if (Array.isArray(b.enum) && 'const' in a && b.enum.includes(a.const)) delete both.enum;
  for (const [keyword, choose] of narrower) {
    const [one, other] = [a[keyword], b[keyword]];
    if (typeof one === 'number' && typeof other === 'number') both[keyword] = choose(one, other);
  }
  if (a.additionalProperties === false || b.additionalProperties === false) both.additionalProperties = false;
  const types = bothTypes(typesOf(a), typesOf(b));
  if (types?.length === 0) throw new Error('parts of the schema contradict each other');
  if (types) both.type = types;
  return both;
}

const narrower: [string, (...values: number[]) => number][] = [
  ...['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'].map(
    (keyword): [string, (...values: number[]) => number] => [keyword, Math.max],
  ),
  ...['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'].map(
    (keyword): [string, (...values: number[]) => number] => [keyword, Math.min],
  ),
];

/** The types that both allow; `undefined` where one of them allows every type. */
function bothTypes(a: unknown[], b: unknown[]): unknown[] | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  const integers = [a, b].every((types) => types.includes('integer') || types.includes('number'));
  const common = a.filter((type) => b.includes(type));
  return integers && common.length === 0 ? ['integer'] : common;
}

function combineProperties(a: Json, b: Json): Json {
  const all = { ...a, ...b };
  for (const name of Object.keys(a)) {
    if (Object.hasOwn(b, name)) all[name] = { allOf: [a[name], b[name]] };
  }
  return all;
}

function typesOf({ type }: Json): unknown[] {
  return Array.isArray(type) ? type : type === undefined ? [] : [type];
}
