import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareCall } from '../../functions/backends/prepare.ts';
import type { ParameterBinding } from '../../functions/catalogue/types.ts';
import { anyJson, anyText, lists, objects, scalars } from './arbitrary-values.ts';
import { backendWith, bindingWith, parameterWith } from './builders.ts';
import { type Reading, readByTable, shapeOf } from './read-by-table.ts';

const name = 'it em';
const cookieName = 'item';

/** What a place in the table cannot tell apart from something else, and so is not asked of it. */
interface Row {
  in: Reading['in'];
  style: ParameterBinding['style'];
  explode: boolean[];
  /** Text of members that no reader could take for the style's own characters. */
  members?: RegExp;
  /** Names of members likewise. */
  names?: RegExp;
  /** Text on its own. */
  text?: RegExp;
  kinds?: ('scalar' | 'list' | 'object' | 'deep')[];
}

const both = [false, true];
const headerText = '\\t\\x20-\\x7e\\x80-\\xff';
const rows: Row[] = [
  { in: 'path', style: 'simple', explode: both },
  { in: 'path', style: 'label', explode: [false] },
  // A dot is never encoded, and separates here.
  { in: 'path', style: 'label', explode: [true], members: /^[^.]*$/, names: /^[^.]*$/ },
  { in: 'path', style: 'matrix', explode: both },
  { in: 'query', style: 'form', explode: both },
  {
    in: 'query',
    style: 'spaceDelimited',
    explode: [false],
    members: /^[^ ]*$/,
    names: /^[^ ]*$/,
    kinds: ['list', 'object'],
  },
  {
    in: 'query',
    style: 'pipeDelimited',
    explode: [false],
    members: /^[^|]*$/,
    names: /^[^|]*$/,
    kinds: ['list', 'object'],
  },
  { in: 'query', style: 'tabDelimited', explode: [false], members: /^[^\t]*$/, names: /^[^\t]*$/, kinds: ['list'] },
  { in: 'query', style: 'spaceDelimited', explode: [true], kinds: ['list'] },
  { in: 'query', style: 'pipeDelimited', explode: [true], kinds: ['list'] },
  { in: 'query', style: 'deepObject', explode: both, names: /^[^[\]]*$/, kinds: ['deep'] },
  {
    in: 'header',
    style: 'simple',
    explode: both,
    text: new RegExp(`^[${headerText}]*$`),
    members: new RegExp(`^(?!.*,)[${headerText}]*$`),
    names: new RegExp(`^(?!.*[,=])[${headerText}]*$`),
  },
  {
    in: 'header',
    style: 'pipeDelimited',
    explode: [false],
    members: new RegExp(`^(?!.*[|])[${headerText}]*$`),
    kinds: ['list'],
  },
  {
    in: 'header',
    style: 'spaceDelimited',
    explode: [false],
    members: new RegExp(`^(?!.* )[${headerText}]*$`),
    kinds: ['list'],
  },
  {
    in: 'header',
    style: 'tabDelimited',
    explode: [false],
    members: new RegExp(`^(?!.*\\t)[${headerText}]*$`),
    kinds: ['list'],
  },
  { in: 'cookie', style: 'form', explode: both },
  {
    in: 'cookie',
    style: 'cookie',
    explode: [false],
    text: /^[\x20-\x3a\x3c-\x7e\x80-\xff]*$/,
    members: /^(?!.*,)[\x20-\x3a\x3c-\x7e\x80-\xff]*$/,
    names: /^(?!.*,)[\x20-\x3a\x3c-\x7e\x80-\xff]*$/,
  },
  {
    in: 'cookie',
    style: 'cookie',
    explode: [true],
    text: /^[\x20-\x3a\x3c-\x7e\x80-\xff]*$/,
    members: /^[\x20-\x3a\x3c-\x7e\x80-\xff]*$/,
    names: /^(?!.*=)[\x20-\x3a\x3c-\x7e\x80-\xff]*$/,
  },
];

const like = (pattern = /^/) => anyText.filter((text) => pattern.test(text));
const scalarsLike = (pattern = /^/) => scalars(anyText).filter((value) => pattern.test(String(value)));

function valuesOf({ kinds = ['scalar', 'list', 'object'], text, members, names }: Row): fc.Arbitrary<unknown> {
  const member = scalarsLike(members);
  const deep = fc.letrec((tie) => ({
    object: objects(like(names), tie('member')),
    member: fc.oneof({ maxDepth: 3 }, scalars(anyText), lists(tie('member')), tie('object')),
  })).object;
  const values = { scalar: scalarsLike(text), list: lists(member), object: objects(like(names), member), deep };
  return fc.oneof(...kinds.map((kind) => values[kind]));
}

describe('a value comes back as it was, read by the rules of the table', () => {
  const cases = rows.flatMap((row) => row.explode.map((explode) => ({ ...row, explode, row })));

  it.each(cases)('in $in, style $style, explode $explode', ({ in: place, style, explode, row }) => {
    const own = place === 'cookie' ? cookieName : name;
    const parameter = parameterWith({ in: place, name: own, argument: 'it', style, explode });
    fc.assert(
      fc.property(valuesOf(row), (value) => {
        const text = textOf(parameter, value);
        // What would be no segment, or another one, is refused, and so never read.
        if (text === undefined) {
          expect(['', '.', '..']).toContain(bareText(parameter, value));
          return;
        }
        const back = readByTable({ in: place, style, explode, name: own }, text, shapeOf(value));
        if (!isDeepStrictEqual(back, value)) expect({ text, back }).toEqual({ text, back: value });
      }),
      { numRuns: 150 },
    );
  });

  it.each(['path', 'query', 'querystring', 'header', 'cookie'] as const)('as JSON content in %s', (place) => {
    const parameter = parameterWith({ in: place, name: cookieName, argument: 'it', content_type: 'application/json' });
    fc.assert(
      fc.property(anyJson, (value) => {
        // Null is nothing to send.
        if (value === null) return;
        const text = textOf(parameter, value) ?? '';
        const own = place === 'query' || place === 'cookie' ? text.slice(`${cookieName}=`.length) : text;
        const back = JSON.parse(place === 'header' ? own : decodeURIComponent(own));
        if (!isDeepStrictEqual(back, value)) expect({ text, back }).toEqual({ text, back: value });
      }),
      { numRuns: 100 },
    );
  });

  it('as a form that is the whole query', () => {
    const content_type = 'application/x-www-form-urlencoded';
    const parameter = parameterWith({ in: 'querystring', name, argument: 'it', content_type });
    fc.assert(
      fc.property(objects(anyText, anyText), (value) => {
        expect([...new URLSearchParams(textOf(parameter, value))]).toEqual(Object.entries(value));
      }),
      { numRuns: 100 },
    );
  });
});

/** The text at the parameter's place in the finished request; `undefined` when the call is refused. */
function textOf(parameter: ParameterBinding, value: unknown): string | undefined {
  const api_endpoint = parameter.in === 'path' ? `/before/{${parameter.name}}/after` : '/pets';
  let call: ReturnType<typeof prepareCall>;
  try {
    call = prepareCall(bindingWith({ api_endpoint, parameters: [parameter] }), backendWith(), { it: value });
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid', field: 'it' });
    return undefined;
  }
  const { url, headers } = call;
  if (parameter.in === 'path') return url.slice('https://api.example.com/before/'.length, -'/after'.length);
  if (parameter.in === 'header') return headers[parameter.name.toLowerCase()];
  return parameter.in === 'cookie' ? headers.cookie : url.slice(url.indexOf('?') + 1);
}

/** What a refused value of a path would have been. */
function bareText({ in: place, style, explode }: ParameterBinding, value: unknown): string {
  if (place !== 'path') return 'nothing that may be refused';
  const text = Array.isArray(value) ? value.join(style === 'label' && explode ? '.' : ',') : String(value);
  return style === 'label' ? `.${text}` : text;
}
