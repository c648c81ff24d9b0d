import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { type DeclaredOperation, declaredOperation } from './declared.ts';
import type { ReportLine } from './import-document.ts';
import { isObject, type Json } from './json.ts';
import { type Check, makeArguments } from './make-arguments.ts';
import type { ListedTool, OpenGateway } from './open-gateway.ts';
import type { CallOutcome, OperationOutcome } from './outcome.ts';
import { ownNames } from './own-names.ts';
import { routeOf } from './plain-template.ts';
import { type Expected, requestFaults, type SentArgument } from './read-request.ts';
import type { Recorder } from './recorder.ts';
import { securitySchemes } from './security-schemes.ts';
import type { StoredTool } from './stored-tools.ts';
import { violationsOf } from './verdict.ts';

export interface Scoring {
  document: Json;
  /** Of the report. */
  lines: ReportLine[];
  /** By name, as a client and as an administrator sees them. */
  listed: Map<string, ListedTool>;
  stored: Map<string, StoredTool>;
  supplied: ReadonlySet<string>;
  gateway: OpenGateway;
  recorder: Recorder;
}

const parallel = 4;

/** Calls every tool of a document and tells what became of each operation, in the order of the report. */
export async function scoreDocument(scoring: Scoring): Promise<OperationOutcome[]> {
  const outcomes: OperationOutcome[] = new Array(scoring.lines.length);
  let next = 0;
  const work = async () => {
    while (next < scoring.lines.length) {
      const index = next;
      next += 1;
      const line = scoring.lines[index];
      if (line) outcomes[index] = await scoreOperation(line, scoring);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return outcomes;
}

async function scoreOperation(line: ReportLine, scoring: Scoring): Promise<OperationOutcome> {
  const { method, path, tool } = line;
  const shared = { method, path, tool, faults: [], calls: [] };
  const listed = scoring.listed.get(tool ?? '');
  const stored = scoring.stored.get(tool ?? '');
  const declared = declaredOperation(scoring.document, method, path);
  if (tool === undefined) return { ...shared, declared, skipped: line.notes.join(' ') };
  if (!listed || !stored) return { ...shared, declared, faults: ['the tool is not listed'] };
  if (!declared) return { ...shared, faults: ['the document has no such operation'] };
  scoring.recorder.setPrefix(tool, routeOf(path).prefix);
  const calls = await callTool({ listed, stored, declared }, scoring);
  return { ...shared, declared, faults: lostParameters(declared, stored, scoring, line), calls };
}

interface Called {
  listed: ListedTool;
  stored: StoredTool;
  declared: DeclaredOperation;
}

async function callTool(called: Called, scoring: Scoring): Promise<CallOutcome[]> {
  const { listed, stored } = called;
  const { name, inputSchema: schema } = listed;
  const asked = { name, schema, aliases: stored.aliases ?? {}, check: compile(stored.input_schema) };
  const calls: CallOutcome[] = [];
  for (const kind of ['required', 'everything', 'mixed'] as const) {
    const made = makeArguments(asked, kind);
    if ('problem' in made) {
      const whole = makeArguments({ ...asked, schema: stored.input_schema, aliases: {} }, kind);
      const reason = 'problem' in whole ? whole.problem : `the form for clients leads to none: ${made.problem}`;
      calls.push({ kind, sent: [], violations: [], faults: [`no valid arguments were found: ${reason}`] });
      continue;
    }
    calls.push(await callOnce(kind, made.args, called, scoring));
    if (kind === 'required') calls.push(...(await callWithout(made.args, called, scoring)));
  }
  return calls;
}

async function callOnce(kind: CallOutcome['kind'], args: Json, called: Called, scoring: Scoring): Promise<CallOutcome> {
  const { stored, declared } = called;
  const sent = sentArguments(ownNames(args, stored.aliases ?? {}), stored);
  const result = await scoring.gateway.call(stored.name, args);
  const [exchange, ...others] = scoring.recorder.take(stored.name);
  if (!exchange) return { kind, sent, violations: [], faults: [`nothing was sent: ${result.text}`] };
  const expected: Expected = { sent, constants: stored.binding.constants ?? [], supplied: scoring.supplied };
  const faults = requestFaults(exchange.request, declared, expected);
  if (others.length > 0) faults.push(`${others.length} more requests were sent`);
  return { kind, sent, request: exchange.request, violations: violationsOf(exchange), faults };
}

/** Each required argument in turn is left out: nothing may leave the gateway. */
async function callWithout(args: Json, { listed, declared, stored }: Called, scoring: Scoring): Promise<CallOutcome[]> {
  const said = Array.isArray(listed.inputSchema.required) ? listed.inputSchema.required.map(String) : [];
  const byDocument = stored.binding.parameters
    .filter((bound) =>
      declared.parameters.some((one) => one.required && one.in === bound.in && one.name === bound.name),
    )
    .map(({ argument }) => argument);
  const shown = Object.entries(stored.aliases ?? {});
  const asShown = (name: string) => shown.find(([, own]) => own === name)?.[0] ?? name;
  const calls: CallOutcome[] = [];
  for (const missing of new Set([...said, ...byDocument.map(asShown)])) {
    const { [missing]: _, ...rest } = args;
    const result = await scoring.gateway.call(stored.name, rest);
    const sent = scoring.recorder.take(stored.name);
    const faults = sent.length === 0 && result.isError ? [] : [`without ${missing} the call was not refused`];
    calls.push({ kind: 'without', missing, sent: [], request: sent[0]?.request, violations: [], faults });
  }
  return calls;
}

/** Where each argument belongs, by the names that the binding gives; how it looks there is for the document to say. */
function sentArguments(args: Json, { binding, input_schema }: StoredTool): SentArgument[] {
  const schemas = isObject(input_schema.properties) ? input_schema.properties : {};
  return Object.entries(args).map(([argument, value]) => {
    const isBase64 = JSON.stringify(schemas[argument] ?? {}).includes('"contentEncoding":"base64"');
    const shared = { argument, value, isBase64 };
    const parameter = binding.parameters.find((one) => one.argument === argument);
    if (parameter) return { ...shared, in: parameter.in, name: parameter.name };
    if (binding.body?.argument === argument) return { ...shared, in: 'body', name: '' };
    const property = binding.body?.properties?.[argument];
    return { ...shared, in: property === undefined ? 'nowhere' : 'body', name: property ?? '' };
  });
}

/** Declared parameters that a client cannot give although nobody else does and the report says nothing of it. */
function lostParameters(
  declared: DeclaredOperation,
  { binding }: StoredTool,
  { supplied, document }: Scoring,
  line: ReportLine,
): string[] {
  const bound = [...binding.parameters, ...(binding.constants ?? [])];
  const isBound = (place: string, name: string) =>
    bound.some(
      (one) =>
        one.in === place && (place === 'header' ? one.name.toLowerCase() === name.toLowerCase() : one.name === name),
    );
  return declared.parameters
    .filter(({ in: place, name }) => {
      if (isBound(place, name)) return false;
      if (place === 'header' && notParameters.has(name.toLowerCase())) return false;
      if (supplied.has(`${place} ${name.toLowerCase()}`) || isCredential(document, place, name)) return false;
      return !line.notes.some((note) => note.includes('left out'));
    })
    .map(({ in: place, name }) => `no argument was made of the ${place} parameter ${name}`);
}

/** What the Parameter Object says to ignore, and what HTTP itself sets. */
const notParameters = new Set([
  ...['accept', 'content-type', 'authorization', 'host', 'content-length', 'cookie', 'connection', 'user-agent'],
  ...['accept-encoding', 'transfer-encoding', 'te', 'expect', 'upgrade', 'keep-alive', 'x-correlation-id'],
]);

function isCredential(document: Json, place: string, name: string): boolean {
  return securitySchemes(document).some(
    (scheme) =>
      scheme.type === 'apiKey' && scheme.in === place && String(scheme.name).toLowerCase() === name.toLowerCase(),
  );
}

function compile(schema: Json): Check {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, logger: false });
  ajvFormats.default(ajv);
  const validate = ajv.compile(schema);
  return (args) => (validate(args) ? [] : (validate.errors ?? []));
}
