// Imports or only dereferences a document, in a process of its own, so that nothing is compiled or cached yet. Prints
// milliseconds by the clock and of CPU, of the first run and on average of those after it, and the process' peak memory in
// MB.

import { readFileSync } from 'node:fs';
import { argv, resourceUsage, stdout } from 'node:process';
import { $RefParser } from '@apidevtools/json-schema-ref-parser';
import { load } from 'js-yaml';
import { importDocument } from '../functions/import/import-document.ts';
import { cpuPerRun } from './measure.ts';

/** Milliseconds. */
export interface Cost {
  clock: number;
  cpu: number;
}

const [what = 'import', file = '', times = '0'] = argv.slice(2);
const text = readFileSync(file, 'utf8');

const runs: Record<string, () => Promise<unknown>> = {
  import: async () => importDocument(text, { backend: 'bench' }),
  library: () => $RefParser.dereference(parse() as object),
  // Told that nothing leads out of the document, it does not look for what does.
  inside: () => $RefParser.dereference(parse() as object, { resolve: { external: false } }),
  plain: async () => inPlace(parse()),
};

function parse(): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return load(text);
  }
}

/** The least that dereferencing can be: every reference is replaced once by what it leads to, cycles included. */
function inPlace(document: unknown): unknown {
  const known = new Map<object, unknown>();
  const visit = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (known.has(value)) return known.get(value);
    const reference = '$ref' in value ? value.$ref : undefined;
    if (typeof reference === 'string' && reference.startsWith('#/')) {
      const target = visit(at(document, reference));
      known.set(value, target);
      return target;
    }
    const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
    known.set(value, copy);
    for (const [key, member] of Object.entries(value)) Reflect.set(copy, key, visit(member));
    return copy;
  };
  return visit(document);
}

function at(document: unknown, reference: string): unknown {
  const keys = reference.slice(2).split('/');
  return keys.reduce<unknown>((value, key) => {
    const name = decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  }, document);
}

const run = runs[what];
if (!run) throw new Error(`There is no ${what}: use ${Object.keys(runs).join(', ')}.`);
const first = await timed(run, 1);
const peak = Math.round(resourceUsage().maxRSS / 1_024);
const later = await timed(run, Number(times));
stdout.write(JSON.stringify({ first, later, peak }));

async function timed(operation: () => Promise<unknown>, runs: number): Promise<Cost> {
  const start = performance.now();
  const cpu = (await cpuPerRun(operation, runs)) / 1_000;
  return { clock: (performance.now() - start) / runs, cpu };
}
