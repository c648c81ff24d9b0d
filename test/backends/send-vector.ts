import { prepareCall } from '../../functions/backends/prepare.ts';
import type { HttpBinding } from '../../functions/catalogue/types.ts';
import { backendWith, bindingWith } from './builders.ts';
import { argumentsOf, pathOf, type Sending } from './judge-vector.ts';
import { bodyBindingOf, parameterBindingOf } from './vector-bindings.ts';
import type { BodyVector, ParameterVector } from './vectors.ts';

const base = 'https://api.example.com';

/** What the request builder makes of a binding and arguments. */
export function sendThroughBuilder(binding: HttpBinding, args: Record<string, unknown>): Sending {
  try {
    const { url, headers, body = '' } = prepareCall(binding, backendWith({ base_url: base }), args);
    return { sent: { target: url.slice(base.length), headers, body: Buffer.from(body) } };
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}

export function sendParameter(vector: ParameterVector): Sending {
  const binding = bindingWith({ api_endpoint: pathOf(vector), parameters: [parameterBindingOf(vector)] });
  return sendThroughBuilder(binding, argumentsOf(vector, vector.param.name));
}

export function sendBody(vector: BodyVector): Sending {
  return sendThroughBuilder(bindingWith({ http_method: 'POST', body: bodyBindingOf(vector) }), { body: vector.value });
}
