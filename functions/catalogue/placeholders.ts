const placeholder = /\{\{([A-Za-z0-9_-]{1,64})\}\}/g;

/** The arguments that a prompt's text has places for, as often as it has them. */
export function placeholdersIn(text: string): string[] {
  return Array.from(text.matchAll(placeholder), ([, name = '']) => name);
}

/** The text with the values as they are in the places of their arguments, and nothing in those without a value. */
export function fillPlaceholders(text: string, values: ReadonlyMap<string, string>): string {
  // A function, because a text would have its `$&` replaced; once, because a value may look like a placeholder.
  return text.replace(placeholder, (_, name: string) => values.get(name) ?? '');
}
