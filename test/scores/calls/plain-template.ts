import { createHash } from 'node:crypto';

/**
 * A path template in the manner of OpenAPI: some documents write expressions as RFC 6570 does (`{.id*}`) or as routers
 * do (`{id:[0-9]+}`, `:id`).
 */
export function plainTemplate(template: string): string {
  return template
    .replace(/\{[?&][^{}]*\}/g, '')
    .replace(expression, (_, _operator: string, name: string) => `{${name.trim()}}`)
    .replace(/(?<=\/):(\w+)(?=\/|$)/g, '{$1}');
}

const expression = /\{([.;+]?)([^{}/:*?&]+)(\*?)(?::(?:[^{}]|\{[^{}]*\})*)?\}/g;

/** What the expression of a name says beyond the name: the style and whether it is exploded. */
export function styleInTemplate(template: string, name: string): { style?: string; explode?: boolean } {
  const found = [...template.matchAll(expression)].find(([, , written = '']) => written.trim() === name);
  const [, operator = '', , star] = found ?? [];
  const style = { '.': 'label', ';': 'matrix' }[operator];
  return { ...(style !== undefined && { style }), ...(star === '*' && { explode: true }) };
}

/**
 * Documents tell operations of one path apart by a fragment or a query in the path. Prism knows no such routes, so it
 * is given them below a segment of their own, which stands for the fragment or query; for other paths there is none.
 */
export function routeOf(template: string): { prefix: string; path: string } {
  const [, path = '', suffix = ''] = /^([^?#]*)(.*)$/s.exec(plainTemplate(template)) ?? [];
  const prefix = suffix === '' ? '' : `/-${createHash('sha1').update(suffix).digest('hex').slice(0, 12)}`;
  return { prefix, path };
}
