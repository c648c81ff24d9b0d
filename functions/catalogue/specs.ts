import { GatewayError } from '../gateway/errors.ts';
import { type Act, eventOf, unnumbered } from './act.ts';
import { claimNames, namesOfOthers } from './claim-names.ts';
import { assemble, contentHash, digest, overridden, ownValue, without } from './definition.ts';
import { countsOf, heldOfOthers, toolsOfOthers } from './of-spec.ts';
import type { Publication, SpecDocument } from './store.ts';
import type { Definition, Head, HeldTool, HoldReason, ImportedTool, Snapshot, Spec, Tool } from './types.ts';

/** An imported document, ready to be published. */
export interface SpecImport extends SpecDocument {
  /** The spec's name. */
  spec: string;
  /** The name of the backend that its tools call. */
  backend: string;
  tools: readonly ImportedTool[];
  /** Why a definition has to wait for consent, given what is live under its name. Not asked on a spec's first import. */
  holdReasons: HoldReasons;
  act: Act;
}

export type HoldReasons = (live: Definition | undefined, proposed: Definition) => HoldReason[];

/**
 * Adds a spec, or replaces the one of the same name with all its tools, except those that have to wait: of them what
 * is live stays as it is. Overrides apply to the new definitions. Throws `invalid` for an unknown backend, a name that
 * no tool may have or two tools of one name, and `conflict` when a name belongs to another spec.
 */
export function withSpec(head: Head, snapshot: Snapshot, imported: SpecImport): Publication {
  const { spec, backend, tools, document, report, act } = imported;
  requireBackend(head, backend, 'invalid');
  claimNames(
    tools.map((tool) => tool.name),
    namesOfOthers(snapshot, spec),
  );
  const isKnown = Object.hasOwn(head.specs, spec);
  const { ready, staying, held } = sift(snapshot, imported, isKnown ? imported.holdReasons : () => []);
  const next = {
    ...assemble(snapshot, [...toolsOfOthers(snapshot, spec), ...staying], ready),
    held: { ...heldOfOthers(snapshot, spec), ...held },
  };
  const entry: Spec = {
    name: spec,
    backend,
    title: report.title,
    version: report.version,
    revision: unnumbered,
    document_hash: digest(typeof document === 'string' ? document : JSON.stringify(document)),
    lowered: report.lowered,
    skipped: report.skipped,
    imported_at: new Date(act.now).toISOString(),
    ...countsOf(next, spec),
  };
  return {
    head: { ...head, specs: { ...head.specs, [spec]: entry } },
    snapshot: next,
    documents: { [spec]: { document, report } },
    event: eventOf(spec, 'imported', act),
  };
}

/**
 * Removes a spec, its tools and what is held back for it. Overrides stay for the day the tools return. Throws
 * `not_found` for an unknown spec.
 */
export function withoutSpec(head: Head, snapshot: Snapshot, name: string, act: Act): Publication {
  if (!Object.hasOwn(head.specs, name)) throw unknownSpec(name);
  return {
    head: { ...head, specs: without(head.specs, name) },
    snapshot: { ...assemble(snapshot, toolsOfOthers(snapshot, name), []), held: heldOfOthers(snapshot, name) },
    event: eventOf(name, 'deleted', act),
  };
}

/** The refusal of a name that no spec has. */
export function unknownSpec(name: string): GatewayError {
  return new GatewayError('not_found', `There is no spec "${name}".`);
}

/** Throws `code` unless there is a backend of that name. */
export function requireBackend({ backends }: Head, name: string, code: 'invalid' | 'conflict'): void {
  if (Object.hasOwn(backends, name)) return;
  throw new GatewayError(code, `There is no backend "${name}"; put it first.`, { field: 'backend' });
}

/** Tells the definitions that go live from those that wait, in whose place what is live stays. */
function sift(snapshot: Snapshot, { spec, tools, act }: SpecImport, holdReasons: HoldReasons) {
  const live = new Map(snapshot.tools.map((tool) => [tool.name, tool]));
  const ready: Definition[] = [];
  const staying: Tool[] = [];
  const held: Record<string, HeldTool> = {};
  for (const tool of tools) {
    const definition = { ...tool, source_spec: spec };
    const before = live.get(tool.name);
    const reasons = holdReasons(before, overridden(definition, ownValue(snapshot.overrides, tool.name)));
    const proposal = propose(definition, reasons, ownValue(snapshot.held, tool.name), act);
    if (!proposal) ready.push(definition);
    else {
      held[tool.name] = proposal;
      if (before) staying.push(before);
    }
  }
  return { ready, staying, held };
}

/** The definition as it is held back, if it is. What was proposed before keeps its date, and its rejection. */
function propose(
  definition: Definition,
  reasons: HoldReason[],
  former: HeldTool | undefined,
  { now }: Act,
): HeldTool | undefined {
  if (reasons.length === 0 && !former) return undefined;
  const content_hash = contentHash(definition);
  const isSame = former?.content_hash === content_hash;
  if (isSame && former.rejected_at !== undefined) return { ...former, definition };
  if (reasons.length === 0) return undefined;
  if (isSame) return { ...former, definition, reasons };
  return { definition, content_hash, reasons, held_at: new Date(now).toISOString(), revision: unnumbered };
}
