import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { legacyClient, modernClient } from './clients.ts';
import { type ReportsGateway, startReportsGateway } from './reports-gateway.ts';
import { sendModern } from './send-modern.ts';

const extension = 'io.modelcontextprotocol/tasks';

let gateway: ReportsGateway;
let backend: ReportsGateway['backend'];
beforeAll(async () => {
  gateway = await startReportsGateway({ long_running: true });
  backend = gateway.backend;
});
afterAll(() => gateway.close());

/** A client of 2026-07-28 that knows tasks: one request. */
function send(token: string, method: string, params: Record<string, unknown>) {
  const capabilities = { extensions: { [extension]: {} } };
  return sendModern({ url: gateway.url, token, capabilities }, method, params);
}

const call = (token: string, name: string, args: Record<string, unknown>) =>
  send(token, 'tools/call', { name, arguments: args });

async function statusOf(token: string, taskId: unknown) {
  return (await send(token, 'tasks/get', { taskId })).result?.status;
}

const soon = { timeout: 20_000, interval: 100 };

describe('a client that knows tasks', () => {
  it.each<[string, Record<string, unknown>, string, string]>([
    ['get_report', { id: '7' }, '/reports/7', 'a tool whose document says that it takes long'],
    ['make_report', { title: 'May' }, '/reports', 'a tool of which an operator says so'],
  ])('is given a task by %s(%j), and its result when there is one', async (name, args, path) => {
    const subject = `patient-${name}`;
    const token = await gateway.token('operator', subject);
    backend.hold(path);
    const { result: task } = await call(token, name, args);
    expect(task).toMatchObject({ resultType: 'task', status: 'working', taskId: expect.any(String) });
    await expect.poll(() => backend.waiting(path), soon).toBe(1);
    expect(await statusOf(token, task?.taskId)).toBe('working');
    backend.letGo(path);
    await expect.poll(() => statusOf(token, task?.taskId), soon).toBe('completed');
    const { result } = await send(token, 'tasks/get', { taskId: task?.taskId });
    expect(result).toMatchObject({ result: { structuredContent: { path } } });

    const records = await gateway.auditRecords(subject);
    expect(records.map(({ kind }) => kind).sort()).toEqual(['intent', 'outcome']);
    for (const field of ['call_id', 'request_id'] as const) {
      expect(new Set(records.map((record) => record[field])).size).toBe(1);
    }
    expect(records.map(({ task_id }) => task_id)).toEqual([task?.taskId, task?.taskId]);
  });

  it('may cancel a task: the backend is left, nothing is kept, and the log says so', async () => {
    const token = await gateway.token('operator', 'impatient');
    backend.hold('/reports/8');
    const { result: task } = await call(token, 'get_report', { id: '8' });
    await expect.poll(() => backend.waiting('/reports/8'), soon).toBe(1);
    expect((await send(token, 'tasks/cancel', { taskId: task?.taskId })).result).toMatchObject({
      resultType: 'complete',
    });
    await expect.poll(() => backend.left, soon).toContain('/reports/8');
    expect((await send(token, 'tasks/get', { taskId: task?.taskId })).result).toMatchObject({ status: 'cancelled' });
    const outcomes = async () => (await gateway.auditRecords('impatient')).map(({ error_kind }) => error_kind);
    await expect.poll(outcomes, soon).toContain('cancelled');
  });

  it('is told at once which argument to mend', async () => {
    const token = await gateway.token('operator', 'careless');
    const { result } = await call(token, 'make_report', {});
    expect(result).toMatchObject({ isError: true, structuredContent: { kind: 'invalid_arguments' } });
    expect(await gateway.auditRecords('careless')).toMatchObject([{ kind: 'refusal', decision: 'invalid_arguments' }]);
  });

  it('finds no tool that its role may not use, and the log says who tried', async () => {
    const token = await gateway.token('viewer', 'curious');
    const unknown = (await call(token, 'no_such_tool', {})).error;
    const refused = (await call(token, 'make_report', { title: 'May' })).error;
    expect(refused).toEqual({ ...unknown, message: unknown?.message.replace('no_such_tool', 'make_report') });
    const records = await gateway.auditRecords('curious');
    expect(records.map(({ kind, tool, decision }) => [kind, tool, decision]).sort()).toEqual([
      ['refusal', 'make_report', 'no_rule'],
      ['refusal', 'no_such_tool', 'unknown_tool'],
    ]);
  });

  it('finds no task of anyone else', async () => {
    const [token, other] = await Promise.all([gateway.token('viewer', 'owner'), gateway.token('viewer', 'other')]);
    const { result: task } = await call(token, 'get_report', { id: '9' });
    await expect.poll(() => statusOf(token, task?.taskId), soon).toBe('completed');
    for (const method of ['tasks/get', 'tasks/cancel', 'tasks/update']) {
      expect((await send(other, method, { taskId: task?.taskId, inputResponses: {} })).error?.code).toBe(-32602);
    }
  });

  it('is answered directly by a tool that does not take long', async () => {
    const token = await gateway.token('viewer');
    expect((await call(token, 'get_vehicle_inventory', {})).result).toMatchObject({ resultType: 'complete' });
  });
});

it.each([
  { era: '2025-11-25', connect: legacyClient },
  { era: '2026-07-28', connect: modernClient },
])('a client of $era that knows no tasks is answered directly', async ({ connect }) => {
  const client = await connect(gateway.url, await gateway.token('operator'));
  expect(await client.call('get_report', { id: '7' })).toMatchObject({ structured: { path: '/reports/7' } });
  expect(await client.call('make_report', { title: 'May' })).toMatchObject({ structured: { path: '/reports' } });
  await client.close();
});
