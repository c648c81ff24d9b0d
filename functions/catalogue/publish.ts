import { GatewayError } from '../gateway/errors.ts';
import { asImported, assemble, ownValue, without } from './definition.ts';
import type { Publication } from './store.ts';
import type { Backend, Head, Snapshot, Tool, ToolOverride, ToolOverridePatch } from './types.ts';

/** Adds a backend, or replaces the one of the same name. */
export function withBackend(head: Head, snapshot: Snapshot, backend: Backend): Publication {
  return { head: { ...head, backends: { ...head.backends, [backend.name]: backend } }, snapshot };
}

/** Throws `not_found` for an unknown backend, and `conflict` while specs are bound to it. */
export function withoutBackend(head: Head, snapshot: Snapshot, name: string): Publication {
  if (!Object.hasOwn(head.backends, name)) throw new GatewayError('not_found', `There is no backend "${name}".`);
  const names = specsUsing(head, snapshot, name);
  if (names.length > 0) {
    const message = `Backend "${name}" is used by the specs ${names.join(', ')}; delete them or bind them elsewhere first.`;
    throw new GatewayError('conflict', message, { details: { specs: names } });
  }
  return { head: { ...head, backends: without(head.backends, name) }, snapshot };
}

/**
 * Changes what an operator has set on a tool: fields with a value are set, fields with `null` go back to what was
 * imported, absent fields stay. Throws `not_found` for an unknown tool.
 */
export function withOverride(head: Head, snapshot: Snapshot, name: string, patch: ToolOverridePatch): Publication {
  const tool = existing(snapshot, name);
  const override = patched(ownValue(snapshot.overrides, name), patch);
  const overrides =
    Object.keys(override).length === 0
      ? without(snapshot.overrides, name)
      : { ...snapshot.overrides, [name]: override };
  const others = snapshot.tools.filter((other) => other !== tool);
  return { head, snapshot: assemble({ ...snapshot, overrides }, others, [asImported(tool, snapshot.imported)]) };
}

/**
 * Removes a tool until its document is imported again; to switch one off for good, override `enabled`.
 * Throws `not_found` for an unknown tool.
 */
export function withoutTool(head: Head, snapshot: Snapshot, name: string): Publication {
  const tool = existing(snapshot, name);
  const others = snapshot.tools.filter((other) => other !== tool);
  const spec = ownValue(head.specs, tool.source_spec);
  const specs = spec ? { ...head.specs, [spec.name]: { ...spec, tools: spec.tools - 1 } } : head.specs;
  return { head: { ...head, specs }, snapshot: assemble(snapshot, others, []) };
}

/** Also those of which a tool that was not replaced yet still calls it. */
function specsUsing({ specs }: Head, { tools }: Snapshot, backend: string): string[] {
  const bound = Object.values(specs).filter((spec) => spec.backend === backend);
  const calling = tools.filter((tool) => tool.binding.backend === backend);
  return [...new Set([...bound.map((spec) => spec.name), ...calling.map((tool) => tool.source_spec)])];
}

function patched(override: ToolOverride | undefined, patch: ToolOverridePatch): ToolOverride {
  const present = Object.entries({ ...override, ...patch }).filter(([, value]) => value !== null);
  return Object.fromEntries(present);
}

function existing(snapshot: Snapshot, name: string): Tool {
  const tool = snapshot.tools.find((candidate) => candidate.name === name);
  if (!tool) throw new GatewayError('not_found', `There is no tool "${name}".`);
  return tool;
}
