import {
  type Backend,
  backendSchema,
  type HttpBinding,
  type ParameterBinding,
} from '../../functions/catalogue/types.ts';

/** A backend with the defaults of its schema. */
export function backendWith(settings: Partial<Backend> = {}): Backend {
  return {
    ...backendSchema.parse({ name: 'dealers', base_url: 'https://api.example.com', auth: { mode: 'none' } }),
    ...settings,
  };
}

export function bindingWith(settings: Partial<HttpBinding> = {}): HttpBinding {
  return { kind: 'http', backend: 'dealers', api_endpoint: '/pets', http_method: 'GET', parameters: [], ...settings };
}

/** A parameter with OpenAPI's defaults for its location, bound to the argument of its own name. */
export function parameterWith(
  settings: Partial<ParameterBinding> & Pick<ParameterBinding, 'in' | 'name'>,
): ParameterBinding {
  const style = settings.in === 'query' || settings.in === 'cookie' ? 'form' : 'simple';
  return { argument: settings.name, style, explode: (settings.style ?? style) === 'form', ...settings };
}
