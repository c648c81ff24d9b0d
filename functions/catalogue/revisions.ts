import { GatewayError } from '../gateway/errors.ts';
import { unnumbered } from './act.ts';
import { ownValue } from './definition.ts';
import type { Publication } from './store.ts';
import type { Head, Snapshot, SpecEvent, Tool } from './types.ts';

/** A revision as it will be kept. */
export interface NextRevision {
  head: Head;
  snapshot: Snapshot;
  /** Tools that are new or differ from the base's. */
  changed: Tool[];
  /** Names that the base has and this revision has not. */
  removed: string[];
}

/** A definition of more bytes than this, as JSON, is refused: a table item holds 400 KB and has to hold it. */
const maxToolBytes = 350_000;

/** How many of its last events a spec remembers: every reader of a snapshot reads them too. */
const maxEvents = 50;

/**
 * What `publication` makes of the revision `before`, of which `base` is the pointer, under the number `revision`.
 * Throws `invalid` when a tool is too large to be kept.
 */
export function nextRevision(base: Head, before: Snapshot, publication: Publication, revision: number): NextRevision {
  const former = new Map(before.tools.map((tool) => [tool.name, tool]));
  const tools = publication.snapshot.tools.map((tool) => adopt(tool, former.get(tool.name), revision));
  const names = new Set(tools.map((tool) => tool.name));
  const changed = tools.filter((tool) => isChanged(tool, former.get(tool.name)));
  const held = numberedHeld(publication, revision);
  [...changed, ...Object.values(held ?? {}).map(({ definition }) => definition)].forEach(checkSize);
  const specs = datedSpecs(publication, revision);
  const history = withEvent(publication, { ...base.specs, ...specs }, revision);
  const skills = datedSkills(publication, revision);
  const skillCount = Object.keys(skills ?? {}).length;
  return {
    head: {
      revision,
      backends: publication.head.backends,
      specs,
      abandoned: [...base.abandoned, ...numbersBetween(base.revision, revision)],
      ...(skillCount > 0 && { skills: skillCount }),
    },
    snapshot: {
      ...publication.snapshot,
      revision,
      tools,
      ...(held && { held }),
      ...(history && { history }),
      ...(skills && { skills }),
    },
    changed,
    removed: [...former.keys()].filter((name) => !names.has(name)),
  };
}

/** Whether `head` belongs to a catalogue in which `revision` was current at some time. */
export function isPublished(head: Head, revision: number): boolean {
  return Number.isInteger(revision) && revision >= 1 && revision <= head.revision && !head.abandoned.includes(revision);
}

/** The refusal of a publication whose base is no longer current. */
export function overtaken(base: Head): GatewayError {
  const message = `The catalogue changed after revision ${base.revision}; read it again and repeat the change.`;
  return new GatewayError('conflict', message);
}

/** The answer to a request for a revision that never was current. */
export function unknownRevision(revision: number): GatewayError {
  return new GatewayError('not_found', `There is no catalogue revision ${revision}.`, { field: 'revision' });
}

function adopt(tool: Tool, former: Tool | undefined, revision: number): Tool {
  const same = former?.content_hash === tool.content_hash;
  return { ...tool, spec_revision: same ? former.spec_revision : revision };
}

// The hash leaves out the document's version, but what is listed and what is found must not differ in it.
function isChanged(tool: Tool, former: Tool | undefined): boolean {
  return tool.content_hash !== former?.content_hash || tool.version !== former.version;
}

function checkSize(tool: { name: string }): void {
  const bytes = Buffer.byteLength(JSON.stringify(tool));
  if (bytes <= maxToolBytes) return;
  const message = `The definition of tool "${tool.name}" has ${bytes} bytes of JSON; at most ${maxToolBytes} can be kept. Make its schemas smaller.`;
  throw new GatewayError('invalid', message, { field: `tools.${tool.name}` });
}

function datedSpecs({ head, documents = {} }: Publication, revision: number): Head['specs'] {
  const dated = Object.entries(head.specs).map(([name, spec]) => [
    name,
    Object.hasOwn(documents, name) ? { ...spec, revision } : spec,
  ]);
  return Object.fromEntries(dated);
}

function datedSkills({ snapshot: { skills }, skillFiles = {} }: Publication, revision: number): Snapshot['skills'] {
  if (!skills) return undefined;
  const dated = Object.entries(skills).map(([name, skill]) => [
    name,
    Object.hasOwn(skillFiles, name) ? { ...skill, revision } : skill,
  ]);
  return Object.fromEntries(dated);
}

function numberedHeld({ snapshot: { held } }: Publication, revision: number): Snapshot['held'] {
  if (!held) return undefined;
  const numbered = Object.entries(held).map(([name, tool]) => [
    name,
    tool.revision === unnumbered ? { ...tool, revision } : tool,
  ]);
  return Object.fromEntries(numbered);
}

function withEvent(
  { event, snapshot: { history } }: Publication,
  specs: Head['specs'],
  revision: number,
): Snapshot['history'] {
  const entry = event && ownValue(specs, event.spec);
  if (!entry) return history;
  const { spec, ...deed } = event;
  const events: SpecEvent[] = [...(ownValue(history, spec) ?? []), { ...deed, revision, entry }];
  return { ...history, [spec]: events.slice(-maxEvents) };
}

/** Numbers that were taken between two revisions, by publications that failed or came too late. */
function numbersBetween(base: number, revision: number): number[] {
  return Array.from({ length: revision - base - 1 }, (_, index) => base + 1 + index);
}
