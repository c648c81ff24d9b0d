import { describe, expect, it } from 'vitest';
import { isUsablePattern } from '../../functions/import/schemas/usable-pattern.ts';

describe('a pattern', () => {
  it.each([
    '^[A-Z]{3}$',
    '^[a-z0-9]+(?:-[a-z0-9]{1,8})*$',
    '^(?:cat|dog|bird)+$',
    '^(?:\\d|[a-f]|-)*$',
    '^(?<part>a|b)+$',
    '^(a|ab)?$',
    '^https?://.+$',
    '[(|)]+',
    '\\(\\|\\)+',
    "^[A-Za-z]+(?:[\\s'-][A-Za-z]+)*$",
    '^[\\w.]+@[\\w-]+(?:\\.[a-zA-Z0-9-]+)*$',
    '^(/[^/]*)+$',
    '^$',
  ])('%s may be run', (pattern) => {
    expect(isUsablePattern(pattern)).toBe(true);
  });

  it.each([
    ['repeats a repetition', '^(a+)+$'],
    ['repeats a repetition in a group', '^((a|b)*c?)*$'],
    ['repeats a repetition with a lower bound', '^(?:a{2,})+$'],
    ['repeats a repetition behind what it contains', '^(?:a[a-z]*)*$'],
    ['repeats a repetition behind what may be missing', '^(?:-?[a-z]+)*$'],
    ['repeats a repetition behind what is repeated too', '^(?:-+[a-z]+b?)*$'],
    ['repeats a repetition before what it contains', '^(?:-[a-z]+a*)*$'],
    ['repeats a repetition behind all but some characters', '^(?:[^a-z][^-]+)*$'],
    ['repeats equal alternatives', '^(a|a)*$'],
    ['repeats alternatives that begin alike', '^(a|ab|b)+$'],
    ['repeats classes that overlap', '^(?:\\w|\\d)*$'],
    ['repeats a class and a letter of it', '^([a-z]|x)+$'],
    ['repeats any character or one', '^(?:.|\\s)*$'],
    ['repeats an empty alternative', '^(a|)+$'],
    ['repeats what may be left out', '^(a?|b)*$'],
    ['repeats alternatives that are groups', '^((a)|(a))+$'],
    ['does not compile in unicode mode', '^\\-$'],
    ['is no expression', '(['],
    ['is long', 'a'.repeat(501)],
  ])('that %s may not: %s', (_, pattern) => {
    expect(isUsablePattern(pattern)).toBe(false);
  });

  it('is judged at once, whatever it is', () => {
    for (const part of ['(', '(a|', '[', '((((a|b)+', '\\', '(?<', '|']) {
      expect(isUsablePattern(part.repeat(Math.floor(500 / part.length)))).toBeTypeOf('boolean');
    }
  });
});
