/** What a kind of text tries to do to whoever reads it, and how it is known. No pattern can run long: every gap has an end. */
const kinds: readonly { says: string; pattern: RegExp }[] = [
  {
    says: 'tells its reader to ignore instructions',
    pattern:
      /\b(?:ignore|disregard|forget|override)\b[^.\n]{0,30}\b(?:instructions?|prompts?|(?:previous|prior|earlier|your) (?:rules|guidelines|context|messages))\b/i,
  },
  {
    says: 'asks to keep something from the user',
    pattern:
      /\b(?:do not|don['’]?t|never|without)\b[^.\n]{0,15}\b(?:tell|inform|reveal|mention|disclose)(?:ing)?\b[^.\n]{0,25}\busers?\b/i,
  },
  {
    says: 'speaks to the model about itself',
    pattern:
      /\bsystem prompt\b|\bhidden instructions?\b|\byou are (?:now )?(?:an? )?(?:AI|assistant|agent|language model|LLM)\b|\bas an? (?:AI|LLM|language model)\b/i,
  },
  {
    says: 'tells the model which tools to use',
    pattern:
      /\byou must (?:always |first |also |now )?(?:call|invoke|execute)\b|\b(?:before|after|instead of|whenever) (?:you )?(?:us(?:e|ing)|call(?:ing)?|invok(?:e|ing)) (?:this|any|the|other|another)[^.\n]{0,20}\btools?\b|\b(?:prefer|only use|always use) this tool\b/i,
  },
  {
    says: 'has marks that belong to the messages of a model',
    pattern:
      /<\/?(?:important|system|system-reminder|instructions?|assistant|tool_calls?|function_calls?)(?:\s[^<>]{0,100})?>|<\|[a-z_]{1,30}\|>|\[\/?(?:INST|SYS|SYSTEM)\]/i,
  },
  {
    says: 'asks for files that hold secrets',
    pattern:
      /\b(?:read|open|cat|send|include|attach|upload|pass)\b[^.\n]{0,60}(?:~\/\.[a-z]|\.ssh\/|\bid_(?:rsa|ed25519)\b|\/etc\/(?:passwd|shadow)\b|\.aws\/credentials|\bmcp\.json\b)/i,
  },
  {
    says: 'has template syntax, which something on the way may fill in',
    pattern: /\{\{[^{}]{0,200}\}\}|\$\{[^{}]{0,200}\}|<%[^%]{0,200}%>|\{%[^%]{0,200}%\}/,
  },
  {
    says: 'has characters that are invisible or turn the direction of writing',
    pattern: /[\u{E0000}-\u{E007F}]|[\u202A-\u202E\u2066-\u2069]|[\u200B-\u200D\u2060-\u2064\uFEFF]{3}/u,
  },
];

/** Contains whatever a pattern above needs, so that nearly every text is done with after one look. */
const worthALook =
  /instruction|prompt|(?:previous|prior|earlier|your) (?:rule|guideline|context|message)|\b(?:tell|inform|reveal|mention|disclose)(?:ing)?\b|\btool|\byou are |\bas an? (?:AI|LLM|language)|you must|<\||<\/?(?:important|system|function|assistant)|\[\/?(?:INST|SYS)|~\/\.|\.ssh|\bid_|\/etc\/|\.aws|mcp\.json|\{\{|\$\{|<%|\{%|[\u200B-\u200D\u202A-\u202E\u2060-\u2069\uFEFF]|\uDB40/i;

const maxQuoted = 80;

/**
 * What in a text could steer a model that reads it, or hide something from a person who does: one phrase for each kind,
 * the words that show it in quotes. A cue is a reason to look, not proof.
 */
export function cuesOf(text: string): string[] {
  if (!worthALook.test(text)) return [];
  return kinds.flatMap(({ says, pattern }) => {
    const [match] = pattern.exec(text) ?? [];
    return match === undefined ? [] : [`${says}: ${visible(match)}`];
  });
}

/** In quotes and with escapes for what cannot be seen. */
function visible(text: string): string {
  return JSON.stringify(text.slice(0, maxQuoted)).replace(
    /[\p{Cf}\p{Cs}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
