// Control characters, bidirectional overrides, zero-width characters, lone surrogates: they can hide text from
// the person who reviews a tool while a model still reads it.
const hidden = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}]|[\u{E0100}-\u{E01EF}]/gu;

const tags =
  'a|abbr|address|article|aside|b|big|blockquote|body|br|button|caption|center|cite|code|col|colgroup|dd|del|details|' +
  'dfn|div|dl|dt|em|embed|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|' +
  'li|link|main|mark|meta|nav|object|ol|option|p|pre|q|s|samp|section|select|small|source|span|strike|strong|sub|summary|' +
  'sup|svg|table|tbody|td|textarea|tfoot|th|thead|title|tr|tt|u|ul|var|video';
// Only names of HTML elements: `<token>` in a description is a placeholder.
const breakingTag = /<(?:br|\/?(?:p|div|li|ul|ol|tr|table|h[1-6]|pre|blockquote))(?:\s[^<>]*)?\/?>/gi;
const anyTag = new RegExp(`</?(?:${tags})(?:\\s[^<>]*)?/?>`, 'gi');

const entities: Record<string, string> = { '&nbsp;': ' ', '&amp;': '&', '&quot;': '"', '&#39;': "'", '&apos;': "'" };

/** What most texts have none of. */
const unclean = /[^ -~\n]|[<&]| \n|\n\n\n/;

/** Text for a model: no markup, nothing invisible, at most `limit` characters, cut at a word. Line breaks stay. */
export function plainText(value: string, limit: number): string {
  // The bound comes first, so that a hostile text costs no more than its share.
  const bounded = value.slice(0, limit * 4);
  return shorten((unclean.test(bounded) ? cleaned(bounded) : bounded).trim(), limit);
}

function cleaned(value: string): string {
  let text = value.replaceAll('\r\n', '\n').replace(hidden, '');
  if (text.includes('<')) {
    for (const [start, end] of [
      ['<!--', '-->'],
      ['<script', '</script>'],
      ['<style', '</style>'],
    ] as const) {
      text = withoutSpans(text, start, end);
    }
    text = text.replace(breakingTag, '\n').replace(anyTag, '');
  }
  if (text.includes('&')) text = text.replace(/&(?:nbsp|amp|quot|#39|apos);/g, (entity) => entities[entity] ?? entity);
  // Line by line, since a pattern for blanks before a line break takes quadratic time where there are only blanks.
  const lines = text.split('\n').map((line) => line.trimEnd());
  return lines.join('\n').replace(/\n{3,}/g, '\n\n');
}

/** The text on one line. */
export function plainLine(value: string, limit: number): string {
  return oneLine(plainText(oneLine(value.slice(0, limit * 4)), limit));
}

function oneLine(text: string): string {
  return /[^\S ]|\s\s/.test(text) ? text.replace(/\s+/g, ' ') : text;
}

/** At most `limit` characters, cut at a word and marked with an ellipsis. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '');
  const word = cut.search(/\s\S*$/);
  return `${(word > limit / 2 ? cut.slice(0, word) : cut).trimEnd()}…`;
}

function withoutSpans(text: string, start: string, end: string): string {
  const lower = text.toLowerCase();
  let kept = '';
  let from = 0;
  for (;;) {
    const opening = lower.indexOf(start, from);
    const closing = opening === -1 ? -1 : lower.indexOf(end, opening);
    if (closing === -1) return kept + text.slice(from);
    kept += text.slice(from, opening);
    from = closing + end.length;
  }
}
