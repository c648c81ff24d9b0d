import { sample, stringMatching } from 'fast-check';
import type { Json } from './json.ts';

export interface TextWish {
  /** What the text is for; it becomes part of it. */
  name: string;
  /** Makes texts of one name differ. */
  number: number;
  /** Whether to use characters beyond letters, digits and hyphens where nothing speaks against it. */
  isAdventurous?: boolean;
}

/** A text that fits the schema's `format`, `pattern` and lengths. */
export function generateText(schema: Json, wish: TextWish): string {
  const { format, pattern, contentEncoding } = schema;
  // Prism reads bytes as text, and takes `format: byte` for letters and digits.
  if (contentEncoding === 'base64')
    return Buffer.from(`bytes${wish.name.replace(/[^A-Za-z0-9]/g, '')}`).toString('base64');
  const written = typeof format === 'string' ? formats[format]?.(wish.number) : undefined;
  if (typeof pattern === 'string') return matching(pattern, schema, written, wish.number);
  return written ?? plain(schema, wish);
}

const formats: Record<string, (number: number) => string> = {
  date: (number) => `2024-05-${pad(1 + (number % 28), 2)}`,
  'date-time': (number) => `2024-05-17T10:30:${pad(number % 60, 2)}Z`,
  time: (number) => `10:30:${pad(number % 60, 2)}Z`,
  duration: (number) => `P${1 + (number % 9)}D`,
  uuid: (number) => `3f2b8c1e-5a4d-4e7f-9b6a-${pad(number, 12)}`,
  email: (number) => `ada.${number}@example.com`,
  'idn-email': (number) => `ada.${number}@example.com`,
  uri: (number) => `https://example.com/things/${number}`,
  url: (number) => `https://example.com/things/${number}`,
  iri: (number) => `https://example.com/things/${number}`,
  'uri-reference': (number) => `/things/${number}`,
  'iri-reference': (number) => `/things/${number}`,
  'uri-template': () => '/things/{id}',
  hostname: (number) => `host-${number}.example.com`,
  'idn-hostname': (number) => `host-${number}.example.com`,
  ipv4: (number) => `192.0.2.${number % 256}`,
  ipv6: (number) => `2001:db8::${(number % 256).toString(16)}`,
  'json-pointer': (number) => `/things/${number}`,
  'relative-json-pointer': () => '0/things',
  regex: () => '^a+$',
  byte: (number) => Buffer.from(`bytes ${number}`).toString('base64'),
};

function pad(number: number, length: number): string {
  return String(number).padStart(length, '0');
}

function plain({ minLength, maxLength }: Json, { name, number, isAdventurous }: TextWish): string {
  const [least, most] = [Number(minLength ?? 0), Number(maxLength ?? Number.POSITIVE_INFINITY)];
  const word = `${name.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 20) || 'text'}-${number}`;
  const text = isAdventurous ? `${word} & co=é?` : word;
  const fitting = text.length <= most ? text : word;
  return fitting.padEnd(least, 'x').slice(0, most);
}

const known = new Map<string, readonly string[]>();

/** A text that matches: a printable one of the right length if there is any. */
function matching(pattern: string, schema: Json, written: string | undefined, number: number): string {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  const expression = new RegExp(pattern, 'u');
  const isFitting = (text: string) =>
    expression.test(text) && text.length >= Number(minLength) && text.length <= Number(maxLength);
  if (written !== undefined && isFitting(written)) return written;
  const fitting = [...ordinaryTexts, ...samplesOf(pattern, expression)].filter(isFitting);
  const [best = []] = [
    fitting.filter((text) => /^[!-~]+$/.test(text)),
    fitting.filter((text) => text !== ''),
    fitting,
  ].filter((texts) => texts.length > 0);
  const text = best[number % best.length];
  if (text === undefined) throw new Error(`no text was found for the pattern ${pattern}`);
  return text;
}

/** What most patterns of documents are meant for. */
const ordinaryTexts = ['name-1', 'name1', 'Name', '12345', '1', '2024-05-17', 'EUR', 'US', 'en-US', '+491701234567'];

function samplesOf(pattern: string, expression: RegExp): readonly string[] {
  let samples = known.get(pattern);
  if (!samples) {
    samples = drawSamples(expression);
    known.set(pattern, samples);
  }
  return samples;
}

function drawSamples(expression: RegExp): string[] {
  try {
    return (['xsmall', 'small', 'medium'] as const).flatMap((size) =>
      sample(stringMatching(expression, { size }), { seed: 42, numRuns: 30 }),
    );
  } catch {
    // Lookarounds and the like cannot be drawn from.
    return [];
  }
}
