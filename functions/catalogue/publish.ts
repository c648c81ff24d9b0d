import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { GatewayError } from '../gateway/errors.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Publication, SpecDocument } from './store.ts';
import {
  type Backend,
  type Head,
  type ImportedTool,
  type ImportedTraits,
  type Snapshot,
  type Spec,
  type Tool,
  type ToolOverride,
  type ToolOverridePatch,
  toolNameSchema,
} from './types.ts';

/** An imported document, ready to be published. */
export interface SpecImport extends SpecDocument {
  /** The spec's name. */
  spec: string;
  /** The name of the backend that its tools call. */
  backend: string;
  tools: readonly ImportedTool[];
  /** Epoch milliseconds. */
  now: number;
}

/** A definition without what only a publication can give it. */
type Definition = Omit<Tool, 'spec_revision' | 'content_hash'>;

/** `sha256:` and the hex digest of a definition: what a call may rely on, whatever revision or version it came with. */
export function contentHash(definition: Definition): string {
  return digest(
    canonicalJson({ ...definition, spec_revision: undefined, version: undefined, content_hash: undefined }),
  );
}

/** Adds a backend, or replaces the one of the same name. */
export function withBackend(head: Head, snapshot: Snapshot, backend: Backend): Publication {
  return { head: { ...head, backends: { ...head.backends, [backend.name]: backend } }, snapshot };
}

/** Throws `not_found` for an unknown backend, and `conflict` while specs are bound to it. */
export function withoutBackend(head: Head, snapshot: Snapshot, name: string): Publication {
  if (!Object.hasOwn(head.backends, name)) throw unknown('backend', name);
  const specs = Object.values(head.specs).filter((spec) => spec.backend === name);
  if (specs.length > 0) {
    const names = specs.map((spec) => spec.name);
    const message = `Backend "${name}" is used by the specs ${names.join(', ')}; delete them or bind them elsewhere first.`;
    throw new GatewayError('conflict', message, { details: { specs: names } });
  }
  return { head: { ...head, backends: without(head.backends, name) }, snapshot };
}

/**
 * Adds a spec, or replaces the one of the same name with all its tools. Overrides apply to the new definitions.
 * Throws `invalid` for an unknown backend, a name that no tool may have or two tools of one name, and `conflict`
 * when a name belongs to another spec.
 */
export function withSpec(head: Head, snapshot: Snapshot, imported: SpecImport): Publication {
  const { spec, backend, tools, document, report, now } = imported;
  if (!Object.hasOwn(head.backends, backend)) {
    throw new GatewayError('invalid', `There is no backend "${backend}"; put it first.`, { field: 'backend' });
  }
  const others = snapshot.tools.filter((tool) => tool.source_spec !== spec);
  checkNames(tools, others);
  const entry: Spec = {
    name: spec,
    backend,
    title: report.title,
    version: report.version,
    // The store puts the number of the publication here.
    revision: head.revision,
    document_hash: digest(document),
    tools: report.tools,
    lowered: report.lowered,
    skipped: report.skipped,
    imported_at: new Date(now).toISOString(),
  };
  const own = tools.map((tool): Definition => ({ ...tool, source_spec: spec }));
  return {
    head: { ...head, specs: { ...head.specs, [spec]: entry } },
    snapshot: assemble(others, own, snapshot.overrides, snapshot.imported),
    documents: { [spec]: { document, report } },
  };
}

/** Removes a spec and its tools. Their overrides stay for the day they return. Throws `not_found` for an unknown spec. */
export function withoutSpec(head: Head, snapshot: Snapshot, name: string): Publication {
  if (!Object.hasOwn(head.specs, name)) throw unknown('spec', name);
  const others = snapshot.tools.filter((tool) => tool.source_spec !== name);
  return {
    head: { ...head, specs: without(head.specs, name) },
    snapshot: assemble(others, [], snapshot.overrides, snapshot.imported),
  };
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
  const definition = { ...without(tool, 'title'), ...(ownValue(snapshot.imported, name) ?? traitsOf(tool)) };
  return { head, snapshot: assemble(others, [definition], overrides, snapshot.imported) };
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
  return { head: { ...head, specs }, snapshot: assemble(others, [], snapshot.overrides, snapshot.imported) };
}

/** A snapshot of finished tools and of definitions as imported, to which the overrides are yet to be applied. */
function assemble(
  finished: readonly Tool[],
  definitions: readonly Definition[],
  overrides: Snapshot['overrides'],
  imported: Snapshot['imported'] = {},
): Publication['snapshot'] {
  const kept = finished.flatMap((tool) => {
    const traits = ownValue(imported, tool.name);
    return traits ? [[tool.name, traits] as const] : [];
  });
  const added = definitions
    .filter((tool) => ownValue(overrides, tool.name))
    .map((tool) => [tool.name, traitsOf(tool)] as const);
  const tools = [...finished, ...definitions.map((tool) => finish(tool, ownValue(overrides, tool.name)))];
  return {
    // One order for every revision, so that a client's cached list stays comparable.
    tools: tools.sort((a, b) => (a.name < b.name ? -1 : 1)),
    overrides,
    imported: Object.fromEntries([...kept, ...added]),
  };
}

function finish(definition: Definition, override: ToolOverride = {}): Tool {
  const overridden = {
    ...definition,
    ...override,
    annotations: annotationsAt(definition, override.risk_level),
  };
  // The store puts the number of the publication here, or the one that an equal definition already has.
  return { ...overridden, spec_revision: 0, content_hash: contentHash(overridden) };
}

/** The hints must not tell a client less risk than the gateway assumes. */
function annotationsAt({ annotations, risk_level }: Definition, risk = risk_level): Tool['annotations'] {
  if (risk === risk_level) return annotations;
  const readOnlyHint = risk === 'read';
  const destructiveHint = risk === 'privileged' || (risk === 'write' && annotations.destructiveHint);
  return { ...annotations, readOnlyHint, destructiveHint };
}

function traitsOf(tool: Definition): ImportedTraits {
  const { title, description, risk_level, enabled, domain, positive_examples, annotations } = tool;
  const traits = { description, risk_level, enabled, domain, positive_examples, annotations };
  return title === undefined ? traits : { title, ...traits };
}

function patched(override: ToolOverride | undefined, patch: ToolOverridePatch): ToolOverride {
  const present = Object.entries({ ...override, ...patch }).filter(([, value]) => value !== null);
  return Object.fromEntries(present);
}

function checkNames(tools: readonly ImportedTool[], others: readonly Tool[]): void {
  const owners = new Map(others.map((tool) => [tool.name, tool.source_spec]));
  const seen = new Set<string>();
  for (const { name } of tools) {
    if (!z.safeParse(toolNameSchema, name).success || seen.has(name)) {
      const why = seen.has(name) ? 'is given to two operations' : 'is not a name that a tool can have';
      throw new GatewayError('invalid', `Tool name "${name}" ${why}; change the operationId.`, { field: 'tools' });
    }
    seen.add(name);
  }
  const taken = [...seen].filter((name) => owners.has(name));
  if (taken.length === 0) return;
  const list = taken.map((name) => `${name} (${owners.get(name)})`).join(', ');
  const message = `Tool names belong to other specs: ${list}. Change the operationIds, or delete the other spec first.`;
  throw new GatewayError('conflict', message, { field: 'tools', details: { tools: taken } });
}

function existing(snapshot: Snapshot, name: string): Tool {
  const tool = snapshot.tools.find((candidate) => candidate.name === name);
  if (!tool) throw unknown('tool', name);
  return tool;
}

function unknown(kind: string, name: string): GatewayError {
  return new GatewayError('not_found', `There is no ${kind} "${name}".`);
}

/** What an object itself holds under a name from outside: never something every object has, like `constructor`. */
function ownValue<T>(values: Record<string, T> | undefined, name: string): T | undefined {
  return values && Object.hasOwn(values, name) ? values[name] : undefined;
}

function without<T extends object>(values: T, name: string): T {
  return Object.fromEntries(Object.entries(values).filter(([key]) => key !== name)) as T;
}

function digest(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
