import { Validator } from '@cfworker/json-schema';
import type { RequestRules } from './contract.ts';
import { headerValues, mediaTypeIn } from './headers.ts';
import type { Arrival } from './proxy-event.ts';

/** What a request validator finds missing or wrong. A body of a media type that the document does not name passes. */
export function faultOf(
  { query, headers, body }: Arrival,
  { parameters, bodies }: RequestRules,
): 'BAD_REQUEST_PARAMETERS' | 'BAD_REQUEST_BODY' | undefined {
  const areThere = parameters.every((parameter) =>
    parameter.in === 'query' ? query.get(parameter.name) : headerValues(headers, parameter.name).join(''),
  );
  if (!areThere) return 'BAD_REQUEST_PARAMETERS';
  const schema = bodies[mediaTypeIn(headers) || 'application/json'];
  return schema && !isValid(body.toString(), schema) ? 'BAD_REQUEST_BODY' : undefined;
}

function isValid(text: string, schema: object): boolean {
  try {
    return new Validator(schema, '4').validate(JSON.parse(text)).valid;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
