import fc from 'fast-check';

/** Pieces that mean something somewhere in a URL, a header, a cookie or a multipart body. */
// biome-ignore format: a list of characters
const meaningful = [
  '.', '..', '/', '\\', '?', '#', '%', '%2e', '%2F', '%00', '&', '=', '+', ';', '; ', ',', ':', '@', '[', ']', '{', '}', '(', ')',
  '|', '^', '`', '"', "'", '<', '>', '*', '!', '$', '~', '_', '-', ' ', '\t', '\r', '\n', '\r\n', '\0', '\x7f', '\u0085', '\u2028', 'é', '数', '😀',
  '//', 'http://evil.example', '--', '__proto__', 'constructor', 'true', 'null', '0', '1e9', 'a', 'B',
];

/** Well-formed text of such pieces and of any other characters. */
export const anyText = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...meaningful) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
    ),
    { maxLength: 5 },
  )
  .map((pieces) => pieces.join(''));

/** The same, now and then with half a surrogate pair. */
export const hostileText = fc.oneof(
  { weight: 9, arbitrary: anyText },
  {
    weight: 1,
    arbitrary: fc.tuple(anyText, fc.constantFrom('\ud800', '\udfff'), anyText).map((parts) => parts.join('')),
  },
);

/** Numbers that JSON carries: not NaN, infinite, or minus zero. */
const numbers = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })).map((number) => number + 0);

export function scalars(text: fc.Arbitrary<string>): fc.Arbitrary<string | number | boolean> {
  return fc.oneof(
    { weight: 4, arbitrary: text },
    { weight: 1, arbitrary: numbers },
    { weight: 1, arbitrary: fc.boolean() },
  );
}

/** A list that is not empty: an empty one is not sent. */
export function lists<T>(items: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(items, { minLength: 1, maxLength: 4 });
}

/** An object with members of any names, `__proto__` among them. */
export function objects<T>(names: fc.Arbitrary<string>, members: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> {
  return fc
    .uniqueArray(fc.tuple(names, members), { selector: ([name]) => name, minLength: 1, maxLength: 4 })
    .map((entries) => Object.fromEntries(entries));
}

/** Any JSON value at all. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constant(null),
    scalars(hostileText),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(anyText, tie('value')), { selector: ([name]) => name, maxLength: 3 })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).value;
