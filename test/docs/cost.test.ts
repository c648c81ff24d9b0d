import { beforeAll, describe, expect, it } from 'vitest';
import { positionOf } from '../../functions/audit/position.ts';
import type { AuditRecord } from '../../functions/audit/record.ts';
import { openTrail } from '../../functions/call/trail.ts';
import { parseSettings } from '../../lib/settings.ts';
import { aTool, dealers } from '../contract/sample.ts';
import { page, tableRows } from './markdown.ts';
import { templatesOf } from './templates.ts';

const rows = tableRows(page('docs/cost.md'));
/** The row that begins with this cell. */
function row(name: string): string[] {
  const found = rows.filter(([first]) => first === name);
  expect(found, `one row "${name}"`).toHaveLength(1);
  return found[0] ?? [];
}
const number = (cell: string | undefined) => Number(cell?.replaceAll(/[*,]/g, ''));
const stated = (name: string) => number(row(name)[1]);
const usd = (amount: number) => amount.toFixed(2);
/** Whole numbers as they are written. */
const count = (value: number) => Math.round(value).toLocaleString('en-US');

const million = 1_000_000;
const share = stated("calls whose credential is not in API Gateway's cache") / 100;
const gigabytes = (name: string) => (stated(name) * million) / million;

function lambda(ms: number, megabytes: number, calls = million) {
  const gbSeconds = calls * (ms / 1_000) * (megabytes / 1_024);
  return { gbSeconds, cost: gbSeconds * stated('Lambda, arm64') };
}

const backend = stated('time of the backend');
const own = stated('own time of the gateway');
const memory = stated('memory of `post-mcp`');
const postMcp = lambda(backend + own, memory);
const authorizer = lambda(stated('time of the authorizer'), stated('memory of the authorizer'), share * million);
const reads = stated('read request units');
const writes = stated('write request units');
const traced = stated('calls that X-Ray records') / 100;
const audited = gigabytes('kept in the audit table');
const perAuditGb = stated('DynamoDB storage') + stated('DynamoDB point-in-time recovery');

const perMillion = {
  'API Gateway': stated('API Gateway, REST request'),
  'Lambda, requests': (1 + share) * stated('Lambda request'),
  'Lambda, `post-mcp`': postMcp.cost,
  'Lambda, authorizer': authorizer.cost,
  'DynamoDB, reads': reads * stated('DynamoDB read request unit'),
  'DynamoDB, writes': writes * stated('DynamoDB write request unit'),
  'CloudWatch Logs': gigabytes('log lines') * stated('CloudWatch Logs, taken in'),
  'X-Ray': traced * stated('X-Ray, trace recorded'),
  'data sent': gigabytes('reply') * stated('data sent to the internet'),
};
const text = page('docs/cost.md').text.replaceAll(/\s+/g, ' ');

describe('the cost of a million calls', () => {
  it.each(Object.entries(perMillion))('of %s follows from the stated prices', (name, cost) => {
    expect(row(name)[2]).toBe(usd(cost));
  });

  it('is added up, and shows its arithmetic', () => {
    const sum = Object.values(perMillion).reduce((total, cost) => total + Number(usd(cost)), 0);
    expect(rows.filter(([first]) => first === '**together**').map((cells) => cells[2])[0]).toBe(`**${usd(sum)}**`);
    expect(row('Lambda, `post-mcp`')[1]).toContain(`${(backend + own) / 1_000} s × ${memory / 1_024} GB`);
    expect(row('Lambda, `post-mcp`')[1]).toContain(`${count(postMcp.gbSeconds)} GB-s`);
    expect(row('Lambda, authorizer')[1]).toContain(`${count(share * million)} ×`);
    expect(row('Lambda, authorizer')[1]).toContain(`${count(authorizer.gbSeconds)} GB-s`);
    expect(row('DynamoDB, reads')[1]).toBe(`${count(reads * million)} units`);
    expect(row('DynamoDB, writes')[1]).toBe(`${count(writes * million)} units`);
    expect(row('CloudWatch Logs')[1]).toBe(`${usd(gigabytes('log lines'))} GB`);
    expect(row('X-Ray')[1]).toBe(`${count(traced * million)} traces`);
    expect(row('data sent')[1]).toBe(`${usd(gigabytes('reply'))} GB`);
  });

  it('leaves something to pay for in the months after', () => {
    const kept = audited * perAuditGb + gigabytes('log lines') * stated('CloudWatch Logs, kept');
    expect(row('kept each further month').slice(1)).toEqual([
      `${usd(audited)} GB of audit records with recovery, ${usd(gigabytes('log lines'))} GB of logs`,
      usd(kept),
    ]);
    expect(text).toContain(`${usd(audited * perAuditGb)} a month for every million calls ever made`);
    expect(text).toContain(`${usd(stated('X-Ray, trace recorded'))} instead of ${usd(perMillion['X-Ray'])}`);
  });

  it.each(['50 ms', '200 ms', '1,000 ms', '5,000 ms'])('by memory, with a backend of %s', (name) => {
    const ms = Number(name.replace(/[ ,ms]/g, ''));
    const costs = [256, 512, 1_024].map((megabytes) => usd(lambda(ms + own, megabytes).cost));
    expect(row(name).slice(1)).toEqual(costs);
  });

  it('adds little for cold starts', () => {
    expect(text).toContain(`they add ${usd(lambda(600, 512, 0.01 * million).cost)} at 512 MB`);
  });
});

describe('the cost of a month', () => {
  let found: { keys: number; secrets: number; alarms: number; dashboards: number; rules: number };
  beforeAll(async () => {
    const { stateful, gateway } = await templatesOf({ waf: true });
    const all = [...Object.values(stateful.Resources), ...Object.values(gateway.Resources)];
    const ofType = (type: string) => all.filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
    found = {
      keys: ofType('AWS::KMS::Key').length,
      secrets: ofType('AWS::SecretsManager::Secret').length,
      // An alarm on a formula is billed for each metric in it.
      alarms: ofType('AWS::CloudWatch::Alarm').reduce((sum, alarm) => sum + metricsOf(alarm), 0),
      dashboards: ofType('AWS::CloudWatch::Dashboard').length,
      rules: ofType('AWS::WAFv2::WebACL').flatMap(({ Rules }) => Rules).length,
    };
  });
  const metricsOf = ({ Metrics }: Record<string, unknown>) =>
    Array.isArray(Metrics) ? Metrics.filter((metric) => 'MetricStat' in (metric as object)).length : 1;

  it('counts what the stacks have', () => {
    expect(row('encryption key')[1]).toBe(`${found.keys} key`);
    expect(row('secrets')[1]).toBe(`${found.secrets} of the gateway's own and 1 credential`);
    expect(row('alarms')[1]).toBe(`${found.alarms} metrics in alarms`);
    expect(row('dashboard')[1]).toBe(`${found.dashboards} dashboard`);
    expect(row('WAF')[1]).toBe(`1 web ACL and ${found.rules} rules`);
  });

  it('follows from the stated prices', () => {
    const costs = {
      'encryption key': found.keys * stated('KMS key'),
      secrets: (found.secrets + 1) * stated('secret'),
      'KMS and Secrets Manager requests': 2 * (stated('Secrets Manager request') + stated('KMS request')),
      alarms: found.alarms * stated('alarm'),
      dashboard: found.dashboards * stated('CloudWatch dashboard'),
    };
    for (const [name, cost] of Object.entries(costs)) expect(row(name)[2], name).toBe(usd(cost));
    const together = rows.filter(([first]) => first === '**together**').map((cells) => cells[2]);
    const sum = Object.values(costs).reduce((total, cost) => total + cost, 0);
    expect(together[1]).toBe(`**${usd(sum)}**`);
    expect(row('WAF')[2]).toBe(usd(stated('web ACL') + found.rules * stated('WAF rule or rule group')));
    const listening = lambda(730 * 3_600_000, memory, 1);
    expect(row('each client that is told of changes, always connected').slice(1)).toEqual([
      `730 × 3,600 s × ${memory / 1_024} GB = ${count(listening.gbSeconds)} GB-s`,
      usd(listening.cost),
    ]);
    const metrics = Number.parseInt(row('custom metrics')[1] ?? '', 10);
    expect(row('custom metrics')[2]).toBe(usd(metrics * stated('custom metric')));
  });
});

describe('the assumptions', () => {
  it('name the memory that a deployment gives by default', () => {
    expect(memory).toBe(parseSettings({}).memoryMb);
    expect(stated('memory of the authorizer')).toBe(parseSettings({}).memoryMb);
  });

  it('count the audit records of a call as they are written', async () => {
    const sizes = (await recordsOfACall()).map(itemSize);
    expect(sizes).toHaveLength(2);
    // A write unit is begun with every 1,024 bytes; DynamoDB adds 100 bytes to an item when it bills storage.
    const units = sizes.reduce((sum, size) => sum + Math.ceil(size / 1_024), 0);
    const kilobytes = sizes.reduce((sum, size) => sum + size + 100, 0) / 1_000;
    expect(units).toBe(writes);
    expect(kilobytes.toFixed(1)).toBe(String(stated('kept in the audit table')));
  });
});

/** The records of a call by a caller with the longest names that a common provider gives. */
async function recordsOfACall(): Promise<AuditRecord[]> {
  const kept: AuditRecord[] = [];
  const trail = openTrail(
    {
      call: {
        name: 'get_dealer_enquiries',
        arguments: { dealerId: 'D-100' },
        principal: {
          kind: 'token',
          subject: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
          issuer: 'https://login.microsoftonline.com/11111111-1111-4111-8111-111111111111/v2.0',
          client_id: '44444444-4444-4444-8444-444444444444',
          roles: ['operator'],
          groups: [],
          scopes: [],
        },
        requestId: '8e2a4f6c-1d3b-4f7a-9c55-2f0f5d1f7a10',
        schemas: 'safe',
        deadline: 0,
      },
      tool: aTool('get_dealer_enquiries'),
      backend: { ...dealers, name: 'dealer-service', auth: { mode: 'bearer', credential: 'dealer-service' } },
      revision: 123,
      decision: { allow: true, rule: 'operators-write' },
    },
    {
      audit: {
        append: async (records) => {
          kept.push(...records);
        },
        read: async () => ({ records: [] }),
      },
      clock: () => Date.parse('2026-11-21T12:00:00Z'),
      observer: { executed: () => {}, outcomeLost: () => {} },
    },
  );
  await trail.intend({ durable: true, withConsent: false });
  await trail.conclude(
    { ok: true, reply: { status: 200, headers: {}, body: Buffer.alloc(0), duration_ms: 200 } },
    { content: [], is_error: false },
  );
  return kept;
}

/** DynamoDB counts the bytes of names and values: `pk`, `sk` and `data`, as the audit table writes them. */
function itemSize(record: AuditRecord): number {
  const values = [`DAY#${record.at.slice(0, 10)}#15`, positionOf(record), JSON.stringify(record)];
  return values.reduce((sum, value) => sum + Buffer.byteLength(value), 'pkskdata'.length);
}
