import { GatewayError } from '../../gateway/errors.ts';
import type { JsonObject } from '../json-object.ts';

/** The family of rules that a document follows. */
export type Dialect = '2.0' | '3.0' | '3.1' | '3.2';

/** The dialect and the version as written. Throws `invalid` for what is no OpenAPI document of a known version. */
export function dialectOf(document: JsonObject): { dialect: Dialect; written: string } {
  const { openapi, swagger } = document;
  if (openapi === undefined && swagger === undefined) {
    throw new GatewayError(
      'invalid',
      'The document has neither `openapi` nor `swagger` at its top, so it is not an OpenAPI document.',
      { field: 'openapi' },
    );
  }
  const field = openapi === undefined ? 'swagger' : 'openapi';
  const value = openapi ?? swagger;
  // Unquoted in YAML, `2.0` and `3.0` are the numbers 2 and 3.
  const written = typeof value === 'number' && Number.isInteger(value) ? `${value}.0` : String(value);
  const dialect = (['2.0', '3.0', '3.1', '3.2'] as const).find(
    (known) => written === known || written.startsWith(`${known}.`),
  );
  if (!dialect || (dialect === '2.0') !== (field === 'swagger')) {
    throw new GatewayError(
      'invalid',
      `\`${field}: ${written.slice(0, 40)}\` is not a version that can be imported: use Swagger 2.0 or OpenAPI 3.0, 3.1 or 3.2.`,
      { field },
    );
  }
  return { dialect, written };
}
