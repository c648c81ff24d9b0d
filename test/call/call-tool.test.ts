import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuditLog } from '../../functions/audit/log.ts';
import { memoryAudit } from '../../functions/audit/memory.ts';
import type { AuditRecord } from '../../functions/audit/record.ts';
import { type CallDeps, callTool, type ToolCall } from '../../functions/call/call-tool.ts';
import { memoryCatalogue } from '../../functions/catalogue/memory.ts';
import type { CatalogueStore } from '../../functions/catalogue/store.ts';
import { trustedCatalogue } from '../../functions/catalogue/trusted.ts';
import { GatewayError } from '../../functions/gateway/errors.ts';
import { rulesOf } from '../../functions/policy/rules.ts';
import { aTool, dealers } from '../contract/sample.ts';

/** What the backend and the log have seen, in order. */
let events: string[] = [];
let records: AuditRecord[] = [];
let lost: string[] = [];
let url = '';

const backend = createServer((request, response) => {
  events.push(`backend ${request.method} ${request.url}`);
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"done":true}');
});
beforeAll(async () => {
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => backend.close(resolve)));
beforeEach(() => {
  events = [];
  records = [];
  lost = [];
});

function filterOf(name: string) {
  const filter = { type: 'object', properties: { [name]: { type: 'string' } }, additionalProperties: false };
  return { type: 'object', properties: { filter } };
}

const tools = [
  aTool('read_thing', {
    risk_level: 'read',
    binding: { kind: 'http', backend: 'dealers', api_endpoint: '/thing', http_method: 'GET', parameters: [] },
  }),
  aTool('write_thing', {
    risk_level: 'write',
    input_schema: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
  }),
  aTool('confirmed_thing', {
    risk_level: 'write',
    requires_confirmation: true,
    input_schema: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
  }),
  aTool('aliased_thing', {
    risk_level: 'read',
    input_schema: filterOf('name[eq]'),
    client_schema: filterOf('name_eq'),
    aliases: { name_eq: 'name[eq]' },
    binding: {
      kind: 'http',
      backend: 'dealers',
      api_endpoint: '/thing',
      http_method: 'GET',
      parameters: [
        {
          argument: 'filter',
          in: 'query',
          name: 'filter',
          style: 'form',
          explode: true,
          content_type: 'application/json',
        },
      ],
    },
  }),
  aTool('orphaned', {
    binding: { kind: 'http', backend: 'gone', api_endpoint: '/', http_method: 'GET', parameters: [] },
    risk_level: 'read',
  }),
];

/** A log that remembers the order of things and fails on the records that `fails` names. */
function watchedAudit(fails: (record: AuditRecord) => boolean = () => false): AuditLog {
  const log = memoryAudit();
  return {
    ...log,
    append: async (appended) => {
      if (appended.some(fails)) throw new GatewayError('unavailable', 'The log cannot be written.');
      await log.append(appended);
      events.push(`audit ${appended.map(({ kind }) => kind).join('+')}`);
      records.push(...appended);
    },
  };
}

async function published(): Promise<CatalogueStore> {
  const store = memoryCatalogue();
  const backends = { dealers: { ...dealers, base_url: url } };
  await store.publish(await store.head(), { head: { backends, specs: {} }, snapshot: { tools, overrides: {} } });
  return store;
}

async function deps(parts: Partial<CallDeps> = {}): Promise<CallDeps> {
  return {
    catalogue: trustedCatalogue(await published(), Date.now),
    rules: rulesOf({}),
    audit: watchedAudit(),
    credentials: { read: async () => undefined, write: async () => {} },
    allowLocal: true,
    clock: Date.now,
    observer: { executed: () => {}, outcomeLost: (callId) => lost.push(callId) },
    ...parts,
  };
}

function call(name: string, role: string, args: Record<string, unknown> = {}): ToolCall {
  const principal = {
    kind: 'token' as const,
    subject: 'ada',
    issuer: 'https://id',
    roles: [role],
    groups: [],
    scopes: [],
  };
  const consent = async () => 'not_asked' as const;
  return {
    name,
    arguments: args,
    principal,
    requestId: 'req-1',
    schemas: 'safe',
    deadline: Date.now() + 5_000,
    consent,
  };
}

describe('the order of a call', () => {
  it('records the intent of a write before the backend sees it, and the outcome after', async () => {
    const answer = await callTool(call('write_thing', 'operator', { id: '7' }), await deps());
    expect(answer).toMatchObject({ is_error: false, structured_content: { done: true } });
    expect(events).toEqual(['audit intent', 'backend POST /v1/things', 'audit outcome']);
  });

  it('records intent and outcome of a read in one request', async () => {
    await callTool(call('read_thing', 'viewer'), await deps());
    expect(events).toEqual(['backend GET /thing', 'audit intent+outcome']);
  });

  it('names the task that the call is the work of, beside the request that began it', async () => {
    await callTool({ ...call('read_thing', 'viewer'), taskId: 'task-1' }, await deps());
    await callTool({ ...call('write_thing', 'viewer'), taskId: 'task-2' }, await deps());
    expect(records.map(({ kind, task_id }) => [kind, task_id])).toEqual([
      ['intent', 'task-1'],
      ['outcome', 'task-1'],
      ['refusal', 'task-2'],
    ]);
    expect(new Set(records.map(({ request_id }) => request_id))).toEqual(new Set(['req-1']));
  });

  it.each([
    ['an unknown tool', call('nothing_here', 'operator'), 'unknown_tool'],
    ['a tool that no rule allows', call('write_thing', 'viewer', { id: '7' }), 'no_rule'],
    ['a forbidden tool with bad arguments', call('write_thing', 'viewer', {}), 'no_rule'],
    ['a tool whose backend is gone', call('orphaned', 'viewer'), 'unknown_backend'],
  ])('answers nothing to %s, asks no backend, and records why', async (_, refused, decision) => {
    expect(await callTool(refused, await deps())).toBeUndefined();
    expect(events).toEqual(['audit refusal']);
    expect(records).toMatchObject([{ kind: 'refusal', tool: refused.name, subject: 'ada', decision }]);
  });

  describe('that needs consent', () => {
    const asking = (consent: ToolCall['consent']) => ({ ...call('confirmed_thing', 'operator', { id: '7' }), consent });

    it('goes out when it was given, and its intent says so', async () => {
      expect(
        await callTool(
          asking(async () => 'given'),
          await deps(),
        ),
      ).toMatchObject({ is_error: false });
      expect(events).toEqual(['audit intent', 'backend POST /v1/things', 'audit outcome']);
      expect(records.map(({ user_consent }) => user_consent)).toEqual([true, undefined]);
    });

    it('waits where nobody was asked yet: nothing is sent or recorded', async () => {
      const answer = await callTool(
        asking(async () => 'not_asked'),
        await deps(),
      );
      expect(answer).toMatchObject({ unconfirmed: { name: 'confirmed_thing' } });
      expect(events).toEqual([]);
    });

    it.each(['declined_by_user', 'cannot_ask_user'] as const)('is refused as %s, and recorded so', async (dissent) => {
      const call = asking(async () => dissent);
      expect(await callTool(call, await deps())).toMatchObject({ is_error: true, kind: dissent });
      expect(events).toEqual(['audit refusal']);
      expect(records).toMatchObject([{ kind: 'refusal', tool: 'confirmed_thing', decision: dissent }]);
    });

    it.each([
      ['who may not use it', { ...call('confirmed_thing', 'viewer', { id: '7' }) }],
      ['whose arguments are wrong', { ...call('confirmed_thing', 'operator', {}) }],
    ])('is not asked of one %s', async (_, refused) => {
      const consent = vi.fn(async () => 'given' as const);
      await callTool({ ...refused, consent }, await deps());
      expect(consent).not.toHaveBeenCalled();
      expect(events).toEqual(['audit refusal']);
    });

    it('is not asked for a tool that does not need it', async () => {
      const consent = vi.fn(async () => 'declined_by_user' as const);
      await callTool({ ...call('write_thing', 'operator', { id: '7' }), consent }, await deps());
      expect(consent).not.toHaveBeenCalled();
      expect(records.some((record) => 'user_consent' in record)).toBe(false);
    });
  });

  it('tells the model what is wrong with its arguments, asks no backend, and records it', async () => {
    const answer = await callTool(call('write_thing', 'operator', {}), await deps());
    expect(answer).toMatchObject({ is_error: true, kind: 'invalid_arguments' });
    expect(events).toEqual(['audit refusal']);
    expect(records).toMatchObject([{ decision: 'invalid_arguments' }]);
  });
});

describe('a tool with aliases', () => {
  const lossless = {
    ...call('aliased_thing', 'viewer', { filter: { 'name[eq]': 'Rex' } }),
    schemas: 'lossless' as const,
  };

  it('is called by them, and the backend and the log know only the own names', async () => {
    await callTool(call('aliased_thing', 'viewer', { filter: { name_eq: 'Rex' } }), await deps());
    await callTool(lossless, await deps());
    expect(decodeURIComponent(events[0] ?? '')).toBe('backend GET /thing?filter={"name[eq]":"Rex"}');
    expect(events[2]).toBe(events[0]);
    expect(new Set(records.map((record) => record.arguments_hash)).size).toBe(1);
  });

  it.each([
    ['by them to who is shown them', call('aliased_thing', 'viewer', { filter: { name_eq: 1 } }), 'filter.name_eq'],
    ['by the own names to who is not', { ...lossless, arguments: { filter: { 'name[eq]': 1 } } }, 'filter.name[eq]'],
  ])('tells what is wrong %s', async (_, wrong, path) => {
    const answer = await callTool(wrong, await deps());
    expect(answer).toMatchObject({
      structured_content: { problems: [{ path, message: 'must be a string, got a number' }] },
    });
  });

  it('knows none when the caller asked for the whole schema', async () => {
    const answer = await callTool({ ...lossless, arguments: { filter: { name_eq: 'Rex' } } }, await deps());
    expect(answer).toMatchObject({ kind: 'invalid_arguments' });
  });
});

describe('when the log fails', () => {
  it('a write is not sent without its intent', async () => {
    const audit = watchedAudit(({ kind }) => kind === 'intent');
    await expect(callTool(call('write_thing', 'operator', { id: '7' }), await deps({ audit }))).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(events).toEqual([]);
  });

  it('a write that was done is answered all the same, and the loss is reported', async () => {
    const audit = watchedAudit(({ kind }) => kind === 'outcome');
    const answer = await callTool(call('write_thing', 'operator', { id: '7' }), await deps({ audit }));
    expect(answer).toMatchObject({ is_error: false });
    expect(lost).toEqual([records[0]?.call_id]);
  });

  it('the result of a read is withheld', async () => {
    const audit = watchedAudit(({ kind }) => kind === 'outcome');
    await expect(callTool(call('read_thing', 'viewer'), await deps({ audit }))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('a refusal that cannot be recorded is no answer', async () => {
    const audit = watchedAudit(() => true);
    await expect(callTool(call('nothing_here', 'viewer'), await deps({ audit }))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

describe('what the log keeps', () => {
  it('identifies the call without its arguments', async () => {
    await callTool(call('write_thing', 'operator', { id: 'secret-7' }), await deps());
    expect(records[1]).toMatchObject({
      kind: 'outcome',
      request_id: 'req-1',
      subject: 'ada',
      issuer: 'https://id',
      roles: ['operator'],
      tool: 'write_thing',
      risk_level: 'write',
      content_hash: tools[1]?.content_hash,
      revision: 1,
      backend: 'dealers',
      auth_mode: 'none',
      decision: 'operators-write',
      arguments_hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      result: 'ok',
      backend_status: 200,
    });
    expect(JSON.stringify(records)).not.toContain('secret-7');
  });

  it('gives equal arguments one hash, whatever their order', async () => {
    const args = (values: object) => call('write_thing', 'viewer', values as Record<string, unknown>);
    const one = await deps();
    await callTool(args({ id: '7', more: { a: 1, b: 2 } }), one);
    await callTool(args({ more: { b: 2, a: 1 }, id: '7' }), one);
    await callTool(args({ id: '8' }), one);
    const [first, second, third] = records.map((record) => record.arguments_hash);
    expect(first).toBe(second);
    expect(third).not.toBe(first);
  });
});

describe('the price of a call', () => {
  it('is one request to the catalogue, and none for the next call within five seconds', async () => {
    const store = await published();
    const requests: string[] = [];
    const noted = <T>(name: string, answer: T): T => {
      requests.push(name);
      return answer;
    };
    const counted = {
      head: () => noted('head', store.head()),
      findTool: (name: string) => noted('findTool', store.findTool(name)),
      snapshot: (revision: number) => noted('snapshot', store.snapshot(revision)),
    };
    let now = Date.now();
    const clock = () => now;
    const shared = await deps({ catalogue: trustedCatalogue(counted, clock), clock });
    await callTool(call('read_thing', 'viewer'), shared);
    expect(requests).toEqual(['findTool']);
    now += 4_999;
    await callTool({ ...call('read_thing', 'viewer'), deadline: now + 5_000 }, shared);
    expect(requests).toEqual(['findTool']);
    now += 1;
    await callTool({ ...call('read_thing', 'viewer'), deadline: now + 5_000 }, shared);
    expect(requests).toEqual(['findTool', 'findTool']);
  });
});
