import { hash } from 'node:crypto';
import { unnumbered } from './act.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Publication } from './store.ts';
import type { Definition, ImportedTraits, Snapshot, Tool, ToolOverride } from './types.ts';

/** `sha256:` and the hex digest of a definition: what a call may rely on, whatever revision or version it came with. */
export function contentHash(definition: Definition): string {
  return digest(
    canonicalJson({ ...definition, spec_revision: undefined, version: undefined, content_hash: undefined }),
  );
}

/** `sha256:` and the hex digest of a text or of bytes. */
export function digest(content: string | Uint8Array): string {
  return `sha256:${hash('sha256', content)}`;
}

/** A definition under what operators have set. */
export function overridden(definition: Definition, override: ToolOverride = {}): Definition {
  return { ...definition, ...override, annotations: annotationsAt(definition, override.risk_level) };
}

/** The tool that a definition becomes under what operators have set. */
export function finish(definition: Definition, override: ToolOverride | undefined): Tool {
  const effective = overridden(definition, override);
  return { ...effective, spec_revision: unnumbered, content_hash: contentHash(effective) };
}

/** The definition of a tool as its import had it, without what operators have set. */
export function asImported(tool: Tool, imported: Snapshot['imported']): Definition {
  const { spec_revision, content_hash, title, long_running, requires_confirmation, ...rest } = tool;
  return { ...rest, ...(ownValue(imported, tool.name) ?? traitsOf(tool)) };
}

/** What changes of a snapshot's tools, given those that stay and those whose overrides are yet to be applied. */
export function assemble(
  snapshot: Omit<Snapshot, 'revision'>,
  staying: readonly Tool[],
  definitions: readonly Definition[],
): Publication['snapshot'] {
  const { overrides, imported } = snapshot;
  const kept = staying.flatMap((tool) => {
    const traits = ownValue(imported, tool.name);
    return traits ? [[tool.name, traits] as const] : [];
  });
  const added = definitions
    .filter((tool) => ownValue(overrides, tool.name))
    .map((tool) => [tool.name, traitsOf(tool)] as const);
  const tools = [...staying, ...definitions.map((tool) => finish(tool, ownValue(overrides, tool.name)))];
  return {
    ...snapshot,
    // One order for every revision, so that a client's cached list stays comparable.
    tools: tools.sort((a, b) => (a.name < b.name ? -1 : 1)),
    imported: Object.fromEntries([...kept, ...added]),
  };
}

/** What an object itself holds under a name from outside: never something every object has, like `constructor`. */
export function ownValue<T>(values: Record<string, T> | undefined, name: string): T | undefined {
  return values && Object.hasOwn(values, name) ? values[name] : undefined;
}

/** The object without one of its members. */
export function without<T extends object>(values: T, name: string): T {
  return Object.fromEntries(Object.entries(values).filter(([key]) => key !== name)) as T;
}

/** The hints must not tell a client less risk than the gateway assumes. */
function annotationsAt({ annotations, risk_level }: Definition, risk = risk_level): Tool['annotations'] {
  if (risk === risk_level) return annotations;
  const readOnlyHint = risk === 'read';
  const destructiveHint = risk === 'privileged' || (risk === 'write' && annotations.destructiveHint);
  return { ...annotations, readOnlyHint, destructiveHint };
}

function traitsOf(tool: Definition): ImportedTraits {
  const { title, description, risk_level, enabled, domain, positive_examples, annotations, long_running } = tool;
  const traits = { description, risk_level, enabled, domain, positive_examples, annotations };
  return { ...(title !== undefined && { title }), ...traits, ...(long_running !== undefined && { long_running }) };
}
