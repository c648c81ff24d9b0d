import { describe, expect, it } from 'vitest';
import { memoryAudit } from '../../functions/audit/memory.ts';
import { memoryCatalogue } from '../../functions/catalogue/memory.ts';
import { trustedCatalogue } from '../../functions/catalogue/trusted.ts';
import { catalogueTools } from '../../functions/mcp/catalogue-tools.ts';
import type { Confirmation } from '../../functions/mcp/confirmation.ts';
import type { Caller } from '../../functions/mcp/tool-room.ts';
import { rulesOf } from '../../functions/policy/rules.ts';
import { aTool, dealers } from '../contract/sample.ts';

const input_schema = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } };
const { binding } = aTool('any');
const tools = [
  aTool('book_thing', { input_schema, long_running: true }),
  aTool('book_at_once', { input_schema }),
  aTool('orphaned', { input_schema, long_running: true, binding: { ...binding, backend: 'gone' } }),
];

function callerWith(role: string): Caller {
  const principal = {
    kind: 'token' as const,
    subject: 'ada',
    issuer: 'https://id',
    roles: [role],
    groups: [],
    scopes: [],
  };
  return { principal, requestId: 'req-1', schemas: 'safe', deadline: Date.now() + 5_000 };
}

async function room() {
  const store = memoryCatalogue();
  const head = { backends: { dealers }, specs: {} };
  await store.publish(await store.head(), { head, snapshot: { tools, overrides: {} } });
  const audit = memoryAudit();
  const calls = {
    catalogue: trustedCatalogue(store, Date.now),
    rules: rulesOf({}),
    audit,
    credentials: { read: async () => undefined, write: async () => {} },
    allowLocal: true,
    clock: Date.now,
    observer: { executed: () => {}, outcomeLost: () => {} },
  };
  const given = catalogueTools(calls, {} as Confirmation);
  return { given, audit };
}

describe('a call of a catalogue tool', () => {
  it.each([
    [
      'may go on as a task where its tool is long-running',
      'book_thing',
      'operator',
      { id: '7' },
      { isRequired: false },
    ],
    ['is answered at once where it is not', 'book_at_once', 'operator', { id: '7' }, undefined],
    ['is refused at once to someone who may not use the tool', 'book_thing', 'viewer', { id: '7' }, undefined],
    ['is told at once what is wrong with its arguments', 'book_thing', 'operator', { id: 7 }, undefined],
    ['is refused at once where the backend is gone', 'orphaned', 'operator', { id: '7' }, undefined],
    ['is refused at once where there is no tool', 'nothing_here', 'operator', {}, undefined],
  ])('%s', async (_, name, role, args, support) => {
    const { given, audit } = await room();
    expect(await given.taskSupport(callerWith(role), name, args)).toEqual(support);
    const today = new Date().toISOString().slice(0, 10);
    expect((await audit.read(today, { limit: 10 })).records).toEqual([]);
  });
});
