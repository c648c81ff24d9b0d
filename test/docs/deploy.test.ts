import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseSettings } from '../../lib/settings.ts';
import { blocks, page, tableRows } from './markdown.ts';
import { type Template, templatesOf } from './templates.ts';

const deploy = page('docs/deploy.md');
const operations = page('docs/operations.md');
const names = (rows: string[][]) => rows.map(([first = '']) => /^`([\w-]+)`$/.exec(first)?.[1]).filter((name) => name);

/** The page's settings with hosts that are no placeholders. */
const shown = blocks(deploy)
  .filter(({ info }) => info === 'settings')
  .map(({ text }) =>
    z.record(z.string(), z.unknown()).parse(JSON.parse(text.replaceAll('example.com', 'gatehouse.dev'))),
  );

let plain: Awaited<ReturnType<typeof templatesOf>>;
let everything: Awaited<ReturnType<typeof templatesOf>>;
beforeAll(async () => {
  plain = await templatesOf({});
  const { hostedZoneId, hostedZoneName, ...withoutZone } = shown[0] ?? {};
  everything = await templatesOf({ ...withoutZone, waf: true, provisionedConcurrency: 1 });
  const withZone = await templatesOf({ ...withoutZone, hostedZoneId, hostedZoneName });
  Object.assign(everything.gateway.Resources, withZone.gateway.Resources);
});
const templates = () => [plain.stateful, plain.gateway, everything.stateful, everything.gateway];
const ofType = ({ Resources }: Template, type: string) =>
  Object.entries(Resources).filter(([, { Type }]) => Type === type);

describe('the page on deploying', () => {
  it('shows settings that are taken once the placeholders are gone, and refused before', () => {
    expect(shown).toHaveLength(2);
    for (const settings of shown) expect(() => parseSettings(settings)).not.toThrow();
    for (const { text } of blocks(deploy).filter(({ info }) => info === 'settings')) {
      expect(() => parseSettings(JSON.parse(text) as Record<string, unknown>)).toThrow('placeholder');
    }
  });

  it('explains every output', () => {
    const outputs = new Set([plain, everything].flatMap(({ gateway }) => Object.keys(gateway.Outputs)));
    const explained = names(tableRows(deploy)).filter((name) => /^[A-Z]/.test(name ?? ''));
    // The CDK's own end with a hash.
    const own = [...outputs].filter((name) => !/[0-9A-F]{8}$/.test(name));
    expect(new Set(explained)).toEqual(new Set(own));
  });

  it('has a row for each probe', () => {
    const probes = tableRows(deploy).flatMap(([question = '', file = '']) =>
      /^\d+\./.test(question) ? [file.replaceAll('`', '')] : [],
    );
    expect(probes).toHaveLength(10);
    for (const [at, file] of probes.entries()) {
      expect(readFileSync(join(import.meta.dirname, '../..', file), 'utf8')).toContain(`// Question ${at + 1}: `);
    }
  });
});

describe('the page on operations', () => {
  it('explains every alarm', () => {
    const alarms = ofType(plain.gateway, 'AWS::CloudWatch::Alarm').map(([id]) => id);
    const explained = [...names(tableRows(operations)), 'Faults'].filter((name) => /^[A-Z]/.test(name ?? ''));
    const unexplained = alarms.filter(
      (id) => !explained.some((name) => new RegExp(`^(Alarms|Canary)*${name}`).test(id)),
    );
    expect(unexplained).toEqual([]);
    for (const name of explained)
      expect(
        alarms.some((id) => id.includes(name ?? '?')),
        name,
      ).toBe(true);
  });

  it('names only fields that the access log has', () => {
    const [stage] = ofType(plain.gateway, 'AWS::ApiGateway::Stage').map(([, { Properties }]) => Properties);
    const { Format } = z.object({ Format: z.string() }).parse(stage?.AccessLogSetting);
    const fields = Object.keys(JSON.parse(Format) as object);
    for (const field of ['request_id', 'trace_id', 'route', 'integration_status', 'source_ip', 'principal']) {
      expect(fields).toContain(field);
      expect(operations.text).toContain(`\`${field}\``);
    }
    expect(fields).toContain('waf');
    expect(deploy.text).toContain("the access log's `waf`");
  });

  it('finds each resource by a name that no other one has', () => {
    const lookups = [...operations.text.matchAll(/\$\(resource "(\S+)" (\S+) (\S+)\)/g)];
    expect(lookups).toHaveLength(3);
    for (const [, stack, type = '', part = ''] of lookups) {
      const template = stack === '$stack' ? plain.gateway : plain.stateful;
      const found = ofType(template, type).filter(([id]) => id.includes(part));
      expect(
        found.map(([id]) => id),
        part,
      ).toHaveLength(1);
    }
  });
});

describe('the policy of deployments', () => {
  const many = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
  const { Statement: statements } = z
    .object({
      Statement: z.array(
        z.object({
          Sid: z.string(),
          Effect: z.literal('Allow'),
          Action: many,
          Resource: many,
          Condition: z.record(z.string(), z.record(z.string(), many)).optional(),
        }),
      ),
    })
    .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/deployment-policy.json'), 'utf8')));
  const conditionOf = (sid: string) => statements.find(({ Sid }) => Sid === sid)?.Condition ?? {};

  it('covers every service whose resources the stacks have', () => {
    const services = new Set(
      templates()
        .flatMap(({ Resources }) => Object.values(Resources).map(({ Type }) => Type))
        .filter((type) => type.startsWith('AWS::') && type !== 'AWS::CDK::Metadata')
        .map((type) => (type.split('::')[1] ?? '').toLowerCase()),
    );
    const covered = statements.flatMap(({ Action }) => Action.map((action) => action.split(':')[0]));
    expect([...services].filter((service) => !covered.includes(service))).toEqual([]);
    expect(services).toContain('route53');
    expect(services).toContain('wafv2');
  });

  it('lets nobody have everything, and makes only roles of the gateway', () => {
    for (const { Action, Resource } of statements) {
      expect(Action).not.toContain('*');
      if (Action.some((action) => action.startsWith('iam:'))) {
        expect(Action.every((action) => !action.includes('*'))).toBe(true);
        expect(Resource.every((arn) => /:role\/(gatehouse-\*|aws-service-role\/\*)$/.test(arn))).toBe(true);
      }
    }
  });

  it('allows the policies of AWS that the roles have, and to hand roles to their services', () => {
    const roles = templates().flatMap((template) =>
      ofType(template, 'AWS::IAM::Role').map(([, role]) => role.Properties),
    );
    const text = JSON.stringify(roles);
    const attached = [...text.matchAll(/:iam::aws:policy\/([\w/-]+)/g)].map(([, name = '']) => name);
    const allowed = conditionOf('AwsPoliciesOfTheGateway').ArnEquals?.['iam:PolicyARN'] ?? [];
    expect(attached.length).toBeGreaterThan(0);
    for (const name of attached) expect(allowed).toContain(`arn:aws:iam::aws:policy/${name}`);
    const services = [...text.matchAll(/"Service":"([\w.]+)"/g)].map(([, service = '']) => service);
    const handed = conditionOf('RolesForServices').StringEquals?.['iam:PassedToService'] ?? [];
    expect(new Set(services)).toEqual(new Set(handed));
  });
});
