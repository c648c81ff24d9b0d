/** A key of `paths`, taken apart. */
export interface PathTemplate {
  /** What is sent below the base URL. */
  endpoint: string;
  /** Names in braces, in their order. */
  names: string[];
}

/**
 * Reads a key of `paths`; a sentence about what is wrong when nothing can be sent to it. `described` are the names that
 * path parameters have: `{.id*}` in the manner of RFC 6570 means the parameter `id`, whose `style` says the same.
 * A query or fragment, by which some documents tell their paths apart, stays.
 */
export function readPathTemplate(path: string, described: ReadonlySet<string>): PathTemplate | string {
  if (!path.startsWith('/')) return 'the path does not start with `/`';
  const endpoint = path.replace(
    /\{([.;]?)([^{}/]+?)(\*?)\}/g,
    (expression, before: string, name: string, after: string) =>
      !described.has(before + name + after) && described.has(name) ? `{${name}}` : expression,
  );
  const [sent = ''] = endpoint.split(/[?#]/);
  const literal = sent.replace(/\{[^{}/]+\}/g, '');
  if (/[{}]/.test(literal)) return 'the braces in the path do not match';
  if (/[\p{Cc}\s\\]/u.test(endpoint)) return 'the path contains white space, control characters or backslashes';
  if (sent.split('/').some((segment) => segment === '.' || segment === '..'))
    return 'the path has a `.` or `..` segment';
  if (/[{}]/.test(endpoint.slice(sent.length))) return 'the path has a template in its query: use a query parameter';
  return { endpoint, names: [...new Set([...sent.matchAll(/\{([^{}/]+)\}/g)].map(([, name = '']) => name))] };
}
