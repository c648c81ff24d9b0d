import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { Bundle } from '../../../functions/catalogue/types.ts';

/** A document of `folder`: the file alone, or with all of the folder of its own that it stands in. */
export function readBundle(folder: string, file: string): Bundle {
  const path = relative(resolve(folder), resolve(file)).split(sep);
  const [top = ''] = path;
  if (path.length < 2) return { entry: top, files: [{ path: top, text: readFileSync(file, 'utf8') }] };
  const root = resolve(folder, top);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((inner) => /\.(json|ya?ml)$/i.test(inner))
    .sort()
    .map((inner) => ({ path: inner.split(sep).join('/'), text: readFileSync(join(root, inner), 'utf8') }));
  return { entry: path.slice(1).join('/'), files };
}
