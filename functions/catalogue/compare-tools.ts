import { isSame } from './canonical-json.ts';
import type { Change, ChangeKind } from './change.ts';
import { compareInputs } from './compare-inputs.ts';
import { isRiskier } from './is-riskier.ts';
import { similarity } from './similarity.ts';
import type { Tool } from './types.ts';

/** Fields that belong to a publication, that are compared one by one, or that follow from others. */
const compared = new Set<string>([
  'name',
  'version',
  'source_spec',
  'spec_revision',
  'content_hash',
  'annotations',
  'title',
  'description',
  'risk_level',
  'deprecated',
  'enabled',
  'long_running',
  'input_schema',
  'client_schema',
  'aliases',
  'output_schema',
  'binding',
]);

/** What is different between a tool and its next definition; at least one change when their hashes differ. */
export function compareTools(before: Tool, after: Tool): Change[] {
  if (before.content_hash === after.content_hash) return [];
  const changes = [
    ...compareRisk(before, after),
    ...compareTexts(before, after),
    ...compareInputs(before.input_schema, after.input_schema),
    ...compareOutputs(before, after),
    ...compareBindings(before, after),
    ...compareSwitches(before, after),
    ...compareOthers(before, after),
  ];
  // Titles and examples of arguments, for instance.
  return changes.length > 0 ? changes : [told('other_changed', 'Nothing that callers rely on is different.')];
}

function compareRisk({ risk_level: from }: Tool, { risk_level: to }: Tool): Change[] {
  if (from === to) return [];
  const [kind, verb] = isRiskier(from, to)
    ? (['risk_raised', 'raised'] as const)
    : (['risk_lowered', 'lowered'] as const);
  return [told(kind, `The risk level is ${verb} from ${from} to ${to}.`, { from, to })];
}

function compareTexts(before: Tool, after: Tool): Change[] {
  return (['title', 'description'] as const)
    .filter((field) => before[field] !== after[field])
    .map((field) => {
      const [from, to] = [before[field] ?? '', after[field] ?? ''];
      const facts = { from, to, similarity: similarity(from, to) };
      return told(`${field}_changed`, `The ${field} is different.`, facts);
    });
}

/** Output schemas are not part of what clients are told, so that no client can rely on one. */
function compareOutputs({ output_schema: from }: Tool, { output_schema: to }: Tool): Change[] {
  return isSame(from, to) ? [] : [told('output_changed', 'The reply is described differently.')];
}

/** How a call is sent is the gateway's affair: callers give the same arguments as before. */
function compareBindings({ binding: before }: Tool, { binding: after }: Tool): Change[] {
  const parts = [
    ['backend_changed', 'backend', before.backend, after.backend],
    ['method_changed', 'method', before.http_method, after.http_method],
    ['endpoint_changed', 'endpoint', before.api_endpoint, after.api_endpoint],
    ['body_type_changed', 'content type of the body', before.body?.content_type, after.body?.content_type],
  ] as const;
  return [
    ...parts
      .filter(([, , from, to]) => from !== to)
      .map(([kind, name, from, to]) =>
        told(kind, `The ${name} is ${to ?? 'none'} where it was ${from ?? 'none'}.`, { from, to }),
      ),
    ...(sendAlike(before, after) ? [] : [told('sending_changed', 'Arguments are put into the request differently.')]),
  ];
}

/** Whether arguments go to the same places; of a body that comes or goes its content type tells. */
function sendAlike(before: Tool['binding'], after: Tool['binding']): boolean {
  const placesIn = ({ backend, http_method, api_endpoint, body, ...rest }: Tool['binding']) => rest;
  const [was, is] = [before.body, after.body].map((body) => body && { ...body, content_type: undefined });
  return isSame(placesIn(before), placesIn(after)) && (!was || !is || isSame(was, is));
}

function compareSwitches(before: Tool, after: Tool): Change[] {
  const optional = [
    ['deprecated_changed', 'deprecated', 'It is deprecated.', 'It is no longer deprecated.'],
    ['long_running_changed', 'long_running', 'It may run as a task.', 'It is always answered at once.'],
  ] as const;
  return [
    ...optional.flatMap(([kind, field, isOn, isOff]) => {
      const [from, to] = [before[field] === true, after[field] === true];
      return from === to ? [] : [told(kind, to ? isOn : isOff, { from, to })];
    }),
    ...(before.enabled === after.enabled
      ? []
      : [
          {
            ...told('enabled_changed', after.enabled ? 'It is switched on.' : 'It is switched off.', {
              to: after.enabled,
            }),
            breaking: !after.enabled,
          },
        ]),
  ];
}

function compareOthers(before: Tool, after: Tool): Change[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof Tool)[];
  return fields
    .filter((field) => !compared.has(field) && !isSame(before[field], after[field]))
    .map((field) => ({ ...told('other_changed', `\`${field}\` is different.`), at: field }));
}

function told(kind: ChangeKind, message: string, facts: Partial<Change> = {}): Change {
  return { kind, breaking: false, ...facts, message };
}
