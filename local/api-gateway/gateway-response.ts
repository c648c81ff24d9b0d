import type { Contract } from './contract.ts';

/**
 * What API Gateway answers itself: status and message where the document does not say otherwise. The last two have
 * no type of their own there; they take `DEFAULT_5XX`.
 */
const defaults = {
  UNAUTHORIZED: { status: 401, message: 'Unauthorized' },
  ACCESS_DENIED: { status: 403, message: 'User is not authorized to access this resource' },
  INVALID_API_KEY: { status: 403, message: 'Forbidden' },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, message: null },
  MISSING_AUTHENTICATION_TOKEN: { status: 403, message: 'Missing Authentication Token' },
  BAD_REQUEST_PARAMETERS: { status: 400, message: 'Missing required request parameters' },
  BAD_REQUEST_BODY: { status: 400, message: 'Invalid request body' },
  REQUEST_TOO_LARGE: { status: 413, message: 'Request Too Long' },
  INTEGRATION_TIMEOUT: { status: 504, message: 'Endpoint request timed out' },
  FUNCTION_FAILED: { status: 502, message: 'Internal server error' },
  ANSWER_TOO_LARGE: { status: 500, message: 'Internal server error' },
} as const;

export type Refusal = keyof typeof defaults;

export interface RefusalAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface RefusalContext {
  requestId: string;
  /** Values for `${…}` in header values. */
  substitutions: Record<string, string>;
}

const plainTemplate = '{"message":$context.error.messageString}';

/** The document's gateway response for a refusal, else its `DEFAULT_4XX` or `DEFAULT_5XX`, else API Gateway's own. */
export function gatewayResponse(
  responses: Contract['gatewayResponses'],
  refusal: Refusal,
  { requestId, substitutions }: RefusalContext,
): RefusalAnswer {
  const { status, message } = defaults[refusal];
  const response = responses[refusal] ?? responses[status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'];
  const values: Record<string, string> = {
    requestId,
    'error.message': message ?? '',
    'error.messageString': JSON.stringify(message),
    'error.responseType': refusal,
  };
  return {
    status: response?.statusCode ?? status,
    headers: {
      'Content-Type': 'application/json',
      ...Object.fromEntries(
        Object.entries(response?.headers ?? {}).map(([name, value]) => [name, substitute(value, substitutions)]),
      ),
    },
    body: (response?.template ?? plainTemplate).replace(
      /\$context\.([A-Za-z]+(?:\.[A-Za-z]+)*)/g,
      (_, name: string) => values[name] ?? '',
    ),
  };
}

function substitute(value: string, substitutions: Record<string, string>): string {
  return value.replace(/\$\{(\w+)\}/g, (placeholder, name: string) => substitutions[name] ?? placeholder);
}
