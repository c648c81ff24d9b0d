const maxLength = 64;

/** Whether every client passes a property of this name on; `__proto__` is no key that an object can be trusted with. */
export function isSafeName(name: string): boolean {
  return /^[A-Za-z0-9_.-]{1,64}$/.test(name) && name !== '__proto__';
}

/** What of a name can be kept in one that is safe but for its length: `filter[name]` is `filter_name`. May be empty. */
export function safePartOf(name: string): string {
  return name.replace(/[^A-Za-z0-9_.-]+/g, '_').replace(/^_+|_+$/g, '');
}

/** The name with a mark that tells it from others like it, never longer than a safe name may be. */
export function markedName(name: string, mark: string): string {
  return `${name.slice(0, maxLength - mark.length - 1)}_${mark}`;
}
