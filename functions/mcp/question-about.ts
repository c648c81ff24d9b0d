import type { Tool } from '../catalogue/types.ts';

/** Longer than a person reads. What is left out is always said, and first. */
const longestValue = 300;
const longestText = 4_000;

/**
 * What a person is asked before a call: the tool, where it leads, and each of its arguments, the long ones shortened in
 * themselves, so that none can push another out of sight. Characters that cannot be seen are written as their numbers.
 */
export function questionAbout({ name, title, risk_level, binding }: Tool, args: Record<string, unknown>): string {
  let isWhole = true;
  const shorten = (text: string, longest: number) => {
    if (text.length <= longest) return text;
    isWhole = false;
    return `${text.slice(0, longest)} … (${text.length - longest} characters more)`;
  };
  const readable = JSON.stringify(
    args,
    (_, value: unknown) => (typeof value === 'string' ? shorten(value, longestValue) : value),
    2,
  );
  const shown = shorten(visible(readable), longestText);
  const called = title === undefined ? name : `“${title}” (${name})`;
  const warning = isWhole ? '' : 'Not all of the arguments is shown. ';
  return `${warning}Call ${called}, a ${risk_level} tool of ${binding.backend}, with these arguments?\n${shown}`;
}

/** Marks of direction and the like could make a text look like another. */
function visible(text: string): string {
  return text.replaceAll(/[\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]/gu, (mark) => `\\u{${mark.codePointAt(0)?.toString(16)}}`);
}
