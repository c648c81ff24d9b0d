import { boundSchema } from '../bounds/bound-schema.ts';
import { membersOf } from '../json-object.ts';
import { jsonBytes } from '../schemas/json-bytes.ts';
import type { JsonSchema } from '../schemas/subschemas.ts';
import { nameSafely, type SafelyNamed } from './name-safely.ts';
import { softenRoot } from './soften-schema.ts';
import { unroll } from './unroll.ts';

/** No client names a limit; this is some six thousand tokens, which a model reads with every request. */
const maxBytes = 24_576;

/**
 * The form of an input schema that clients take which refuse parts of JSON Schema, or drop tools for them: no
 * references, no composition but alternatives below the root, one type at a time, names that all pass on, a bounded
 * size and depth. It accepts whatever the schema accepts, under other names where there are aliases, and may accept
 * more: calls are validated by the schema itself. `undefined` when that is in the form already.
 */
export function clientSafe(schema: JsonSchema): SafelyNamed | undefined {
  const safe = shrinkToFit(unroll(schema, 0.8 * maxBytes), (part) => nameSafely(softenRoot(part), schema));
  return safe.schema === schema ? undefined : safe;
}

/** Softening may add to a schema, so one that only just has room is made smaller than it needs to be. */
function shrinkToFit(whole: JsonSchema, finish: (part: JsonSchema) => SafelyNamed): SafelyNamed {
  for (const share of [1, 0.75, 0.5, 0.25]) {
    const bounded = boundSchema(whole, maxBytes * share);
    const safe = bounded && finish(bounded.schema);
    if (safe && jsonBytes(safe.schema) <= maxBytes) return safe;
  }
  const properties = membersOf(whole.properties).map(([name]) => [name, {}]);
  return finish({ ...whole, properties: Object.fromEntries(properties) });
}
