import type { Operation } from './contract.ts';

export interface Match {
  operation: Operation;
  /** Decoded, by their name in the template. */
  pathParameters: Record<string, string>;
}

/**
 * The operation that a request is for; a literal segment is preferred to a parameter. `undefined` when no template
 * fits, or when a parameter's percent-encoding is broken.
 */
export function matchOperation(operations: readonly Operation[], method: string, path: string): Match | undefined {
  const segments = path.split('/');
  const matches = operations
    .filter((operation) => operation.method === method)
    .flatMap((operation) => {
      const pathParameters = matchTemplate(operation.resource.split('/'), segments);
      return pathParameters ? [{ operation, pathParameters }] : [];
    });
  return matches.sort((a, b) => Object.keys(a.pathParameters).length - Object.keys(b.pathParameters).length)[0];
}

function matchTemplate(template: string[], segments: string[]): Record<string, string> | undefined {
  if (template.length !== segments.length) return undefined;
  const pathParameters: Record<string, string> = {};
  for (const [index, expected] of template.entries()) {
    const segment = segments[index] ?? '';
    const name = /^\{(.+)\}$/.exec(expected)?.[1];
    if (name === undefined) {
      if (segment !== expected) return undefined;
      continue;
    }
    const value = decode(segment);
    if (!value) return undefined;
    pathParameters[name] = value;
  }
  return pathParameters;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
