import { GatewayError } from '../gateway/errors.ts';
import type { SchemaForm, Tool } from './types.ts';

/**
 * The form of schemas that a client asks for by `?schemas=…` in the address that it is configured with; `safe` unless
 * it says otherwise. Throws `bad_request` for a form that there is none of.
 */
export function schemaForm({ schemas = 'safe' }: Record<string, string>): SchemaForm {
  if (schemas === 'safe' || schemas === 'lossless') return schemas;
  throw new GatewayError('bad_request', 'The query parameter schemas must be safe or lossless.', { field: 'schemas' });
}

/** The input schema of a tool in a form. */
export function schemaIn(form: SchemaForm, { input_schema, client_schema }: Tool): Record<string, unknown> {
  return (form === 'safe' && client_schema) || input_schema;
}
