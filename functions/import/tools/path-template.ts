import type { Parameter } from '../operations/operation.ts';

/** A key of `paths`, taken apart. */
export interface PathTemplate {
  /** What is sent below the base URL. */
  endpoint: string;
  /** Names in braces, in their order. */
  names: string[];
  /** The operation's parameters, where the template says more about them than they do. */
  parameters: Parameter[];
}

type Styled = Partial<Pick<Parameter, 'in' | 'name' | 'style' | 'explode'>>;

/**
 * Reads a key of `paths`; a sentence about what is wrong when nothing can be sent to it. Braces are for names, but
 * documents also write them in the manner of RFC 6570 (`{.id*}`, `{?page}`) or of routers (`{id:[0-9]+}`, `:id`), and in
 * a query (`?page={page}`): where a parameter of the operation has the name, it is what is meant. Any other query or
 * fragment, by which some documents tell their paths apart, stays.
 */
export function readPathTemplate(path: string, parameters: readonly Parameter[]): PathTemplate | string {
  if (!path.startsWith('/')) return 'the path does not start with `/`';
  const said = new Map<string, Styled>();
  const isDescribed = (name: string): boolean =>
    parameters.some((parameter) => parameter.name === name && (parameter.in === 'path' || parameter.in === 'query'));
  const endpoint = withoutQueryExpressions(withPlainNames(path, isDescribed, said), isDescribed, said);
  const [sent = ''] = endpoint.split(/[?#]/);
  const literal = sent.replace(/\{[^{}/]+\}/g, '');
  if (/[{}]/.test(literal)) return 'the braces in the path do not match';
  if (/[\p{Cc}\s\\]/u.test(endpoint)) return 'the path contains white space, control characters or backslashes';
  if (sent.split('/').some((segment) => segment === '.' || segment === '..'))
    return 'the path has a `.` or `..` segment';
  if (/[{}]/.test(endpoint.slice(sent.length))) return 'the path has a template in its query: use a query parameter';
  return {
    endpoint,
    names: [...new Set([...sent.matchAll(/\{([^{}/]+)\}/g)].map(([, name = '']) => name))],
    parameters: parameters.map((parameter) => withTemplate(parameter, said.get(parameter.name))),
  };
}

const operators: Record<string, Styled> = { '.': { style: 'label' }, ';': { style: 'matrix' } };

/** `{.id*}`, `{+id}`, `{id:[0-9]{4}}` and `:id` as `{id}`, when a parameter is called that and none as it stands there. */
function withPlainNames(path: string, isDescribed: (name: string) => boolean, said: Map<string, Styled>): string {
  // As nearly all paths are written.
  if (/^[^:{]*(?:\{\w+\}[^:{]*)*$/.test(path)) return path;
  const expressions = /\{([.;+]?)([^{}/:*?&]+)(\*?)(:(?:[^{}]|\{[^{}]*\})*)?\}/g;
  const segments = /(?<=\/):(\w+)(?=\/|$)/g;
  return path
    .replace(expressions, (expression, operator: string, written: string, star: string) => {
      const name = written.trim();
      if (isDescribed(expression.slice(1, -1)) || !isDescribed(name)) return expression;
      said.set(name, { ...operators[operator], ...(star !== '' && { explode: true }) });
      return `{${name}}`;
    })
    .replace(segments, (segment, name: string) => (isDescribed(name) ? `{${name}}` : segment));
}

/** `{?page,size}` and `?page={page}` are left to the parameters that they name. */
function withoutQueryExpressions(
  path: string,
  isDescribed: (name: string) => boolean,
  said: Map<string, Styled>,
): string {
  const inQuery = (name: string, as = name): boolean => {
    if (!isDescribed(name)) return false;
    said.set(name, { in: 'query', name: as, style: 'form', explode: true });
    return true;
  };
  if (!/[?&]/.test(path)) return path;
  const plain = path.replace(/\{[?&]([^{}]+)\}/g, (expression, list: string) =>
    list.split(',').every((name) => inQuery(name.replace(/\*$/, ''))) ? '' : expression,
  );
  const [, before = '', query, after = ''] = /^([^?#]*)(?:\?([^#]*))?(.*)$/s.exec(plain) ?? [];
  const kept = query?.split('&').filter((pair) => {
    const [, name = '', expression = ''] = /^([^={}]+)=\{([^{}]+)\}$/.exec(pair) ?? [];
    return expression === '' || !inQuery(expression, name);
  });
  return before + (kept?.length ? `?${kept.join('&')}` : '') + after;
}

/** A style that the parameter itself gives is not the default one, and holds. */
function withTemplate(parameter: Parameter, said: Styled | undefined): Parameter {
  if (!said) return parameter;
  if (said.in === 'query' && parameter.in === 'query') return { ...parameter, name: said.name ?? parameter.name };
  if (parameter.in !== 'path') return parameter;
  return parameter.style === 'simple' && !parameter.explode ? { ...parameter, ...said } : parameter;
}
