import { CORE_SCHEMA, load, mergeTag, YAMLException } from 'js-yaml';
import { GatewayError } from '../../gateway/errors.ts';
import { isObject, type JsonObject } from '../json-object.ts';
import { duplicateKeys } from './duplicate-keys.ts';
import { maxDepth, measure, type Tally } from './measure.ts';
import { documentRoot, fileOf, type Place } from './place.ts';

const maxAliases = 10_000;

// YAML 1.2 core types plus merge keys: dates stay strings, `no` stays a string.
const schema = CORE_SCHEMA.withTags(mergeTag);

/** What the files of one import share while they are read. */
export interface Reading {
  tally: Tally;
  /** Things about the documents as a whole that a person can act on. */
  warnings: string[];
}

/**
 * Reads JSON or YAML into plain values. Throws `invalid`, with line and column where there are any, for text that is
 * neither, that nests deeper than 100 levels, or that YAML aliases blow up. Duplicate keys are a warning; the last wins.
 */
export function readDocument(text: string, reading: Reading, root: Place = documentRoot): JsonObject {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (plain.trim() === '') throw unreadable('The document is empty: send an OpenAPI document in JSON or YAML.');
  const warnings: string[] = [];
  const { value, isTree } = parse(plain, warnings);
  if (!isObject(value)) {
    throw unreadable('The document is not an object: an OpenAPI document starts with `openapi:` or `swagger:`.');
  }
  const members = measure({ value, isTree }, root, reading.tally, reading.warnings);
  if (isTree) warnings.push(...duplicateKeys(plain, members));
  const file = fileOf(root);
  reading.warnings.push(...warnings.map((warning) => (file === '' ? warning : `${file}: ${warning}`)));
  return value;
}

function parse(text: string, warnings: string[]): { value: unknown; isTree: boolean } {
  try {
    return { value: JSON.parse(text), isTree: true };
  } catch (error) {
    const value = parseYaml(text, warnings);
    if (text.trimStart().startsWith('{')) {
      const reason = error instanceof Error ? error.message.slice(0, 200) : '';
      warnings.push(`The document looks like JSON, but is none: ${reason}. It was read as YAML.`);
    }
    return { value, isTree: false };
  }
}

function parseYaml(text: string, warnings: string[]): unknown {
  let input = text;
  let json = false;
  // Two kinds of slip are common enough in published documents to be mended once each; anything else is an error.
  for (;;) {
    try {
      return load(input, { schema, maxDepth, maxAliases, json });
    } catch (error) {
      const reason = error instanceof YAMLException ? error.reason : '';
      if (reason === 'duplicated mapping key' && !json) {
        json = true;
        warnings.push(`A key occurs twice in one object (${positionOf(error)}); the last one is used.`);
      } else if (reason === 'deficient indentation' && input === text) {
        input = indentClosingBrackets(text);
        if (input === text) throw unreadableYaml(error);
        warnings.push(
          `A closing bracket is not indented (${positionOf(error)}), as YAML asks; it was read all the same.`,
        );
      } else {
        throw unreadableYaml(error);
      }
    }
  }
}

const limits = [
  {
    start: 'nesting exceeded',
    message: `is nested deeper than ${maxDepth} levels: move inner schemas to named components`,
  },
  { start: 'aliases exceeded', message: `has more than ${maxAliases} aliases: use \`$ref\` for what is shared` },
  { start: 'merge keys exceeded', message: 'merges too many keys by `<<`: use `$ref` for what is shared' },
  { start: 'expected a single document', message: 'is a stream of several YAML documents: send them one by one' },
];

function unreadableYaml(error: unknown): GatewayError {
  const reason = error instanceof YAMLException ? error.reason : 'it cannot be parsed';
  const limit = limits.find(({ start }) => reason.startsWith(start));
  const problem = limit?.message ?? `is neither JSON nor YAML: ${reason}. Mend this place and send it again`;
  // Without the exception as its cause: that one carries the whole document, which no log should.
  return unreadable(`The document ${problem} (${positionOf(error)}).`);
}

function unreadable(message: string): GatewayError {
  return new GatewayError('invalid', message, { field: 'document' });
}

function positionOf(error: unknown): string {
  const mark = error instanceof YAMLException ? error.mark : undefined;
  return mark ? `line ${mark.line + 1}, column ${mark.column + 1}` : 'as a whole';
}

/**
 * YAML wants every line of a `{ … }` deeper than the key that opened it, the closing bracket too. Many parsers let the
 * bracket stand under the key, and published documents rely on it.
 */
function indentClosingBrackets(text: string): string {
  const lines = text.split('\n');
  /** Indentation of lines that opened a bracket and wait for theirs. */
  const open: number[] = [];
  for (const [index, line] of lines.entries()) {
    const indent = line.search(/\S/);
    if (indent === -1) continue;
    const closes = /^[}\]][}\], ]*\r?$/.test(line.slice(indent));
    if (closes && open.at(-1) === indent) {
      open.pop();
      lines[index] = ` ${line}`;
      continue;
    }
    while (open.length > 0 && (open.at(-1) ?? 0) >= indent) open.pop();
    if (/:\s+[{[]\s*$/.test(line)) open.push(indent);
  }
  return lines.join('\n');
}
