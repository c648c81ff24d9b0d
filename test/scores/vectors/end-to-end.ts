import {
  argumentsOf,
  type Fault,
  judgeBody,
  judgeParameter,
  type Sending,
  type SentRequest,
} from '../../backends/judge-vector.ts';
import type { Vectors } from '../../backends/vectors.ts';
import { type ListedTool, type OpenGateway, openGateway } from '../calls/open-gateway.ts';
import { type Recorder, startRecorder } from '../calls/recorder.ts';
import type { Case } from './case.ts';

/** A vector as a client meets it: a tool by name, arguments, and how to judge what arrived behind the gateway. */
interface Trial {
  group: string;
  id: string;
  argumentsFor(tool: ListedTool): Record<string, unknown>;
  judge(sending: Sending, tool: ListedTool): Fault | undefined;
}

/**
 * Imports the documents of the vectors into a whole gateway on loopback, calls each tool through its front door, and
 * looks at the raw requests that a server behind it received.
 */
export async function endToEnd(vectors: Vectors): Promise<Case[]> {
  const gateway = await openGateway();
  const recorder = await startRecorder();
  try {
    // All at once first: a catalogue that was looked at is trusted for some seconds.
    const imported = new Map<string, Map<string, string>>();
    for (const [version, text] of vectors.documents) {
      const name = `vectors-${version}`;
      imported.set(version, await importOne(gateway, name, recorder.urlOf(name), text));
    }
    const listed = await gateway.listTools();
    const cases: Case[] = [];
    for (const [version, tools] of imported) {
      for (const trial of trialsOf(vectors, version)) {
        const tool = listed.get(tools.get(trial.id) ?? '');
        const fault = tool ? await tryOne(trial, tool, gateway, recorder) : { expected: 'a tool', got: 'none' };
        cases.push({ way: `end to end, ${version}`, group: trial.group, id: trial.id, fault });
      }
    }
    return cases;
  } finally {
    await gateway.close();
    await recorder.close();
  }
}

/** The tools of a document by the id of the vector that stands second in their path: `/v/{id}`, `/b/{id}`. */
async function importOne(gateway: OpenGateway, name: string, url: string, text: string): Promise<Map<string, string>> {
  await gateway.admin('PUT', `/admin/backends/${name}`, JSON.stringify({ base_url: url, auth: { mode: 'none' } }));
  const { report } = await gateway.admin('PUT', `/admin/specs/${name}?backend=${name}`, text);
  const { operations } = report as { operations: { path: string; tool?: string }[] };
  return new Map(
    operations.flatMap(({ path, tool }) => (tool === undefined ? [] : [[path.split('/')[2] ?? '', tool]])),
  );
}

function trialsOf({ parameters, bodies }: Vectors, version: string): Trial[] {
  const described = parameters.filter(({ oas }) => oas.includes(version));
  return [
    ...described.map(
      (vector): Trial => ({
        group: `parameters, ${vector.group}`,
        id: vector.id,
        argumentsFor: (tool) => argumentsOf(vector, onlyArgument(tool)),
        judge: (sending, tool) => judgeParameter(vector, sending, onlyArgument(tool)),
      }),
    ),
    // Swagger 2.0 has other bodies.
    ...(version === '2.0' ? [] : bodies).map(
      (vector): Trial => ({
        group: 'bodies',
        id: vector.id,
        argumentsFor: (tool) =>
          namesOf(tool).join() === 'body' ? { body: vector.value } : (vector.value as Record<string, unknown>),
        judge: (sending) => judgeBody(vector, sending),
      }),
    ),
  ];
}

function namesOf({ inputSchema }: ListedTool): string[] {
  return Object.keys((inputSchema.properties ?? {}) as object);
}

function onlyArgument(tool: ListedTool): string {
  return namesOf(tool)[0] ?? '';
}

async function tryOne(trial: Trial, tool: ListedTool, gateway: OpenGateway, recorder: Recorder) {
  const { isError, text } = await gateway.call(tool.name, trial.argumentsFor(tool));
  const [exchange, ...more] = recorder.take(tool.name);
  if (more.length > 0) return { expected: 'one request', got: `${more.length + 1} requests` };
  if (exchange) return trial.judge({ sent: asSent(exchange.request) }, tool);
  return isError ? trial.judge({ refused: text }, tool) : { expected: 'a request or a refusal', got: text };
}

function asSent({ target, headers, body }: ReturnType<Recorder['take']>[number]['request']): SentRequest {
  const all = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
  return { target, headers: all, body };
}
