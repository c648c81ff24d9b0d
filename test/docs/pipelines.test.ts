import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { missingIn } from './commands.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): unknown => load(readFileSync(join(root, path), 'utf8'));

const permissions = z.record(z.string(), z.enum(['read', 'write', 'none']));
const step = z.union([
  z.strictObject({ uses: z.string(), with: z.record(z.string(), z.unknown()).optional() }),
  z.strictObject({
    run: z.string(),
    name: z.string().optional(),
    if: z.string().optional(),
    env: z.record(z.string(), z.string()).optional(),
  }),
]);
const workflowSchema = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.strictObject({}),
  jobs: z.record(
    z.string(),
    z.looseObject({
      permissions,
      uses: z.string().optional(),
      environment: z.string().optional(),
      'timeout-minutes': z.number().optional(),
      concurrency: z.object({ 'cancel-in-progress': z.literal(false) }).optional(),
      steps: z.array(step).default([]),
    }),
  ),
});

const workflows = ['ci', 'deploy', 'drift'].map((name) => {
  const { on, jobs } = workflowSchema.parse(read(`.github/workflows/${name}.yml`));
  return { name, on, jobs };
});
const jobs = workflows.flatMap(({ name, jobs }) =>
  Object.entries(jobs).map(([job, definition]) => ({ ...definition, what: `${name}.yml ${job}` })),
);
const runs = (steps: z.infer<typeof step>[]) => steps.flatMap((each) => ('run' in each ? [each] : []));
const uses = (steps: z.infer<typeof step>[]) => steps.flatMap((each) => ('uses' in each ? [each] : []));
const entersAws = (steps: z.infer<typeof step>[]) =>
  uses(steps).some(({ uses: action }) => action.startsWith('aws-actions/configure-aws-credentials@'));

describe('the GitHub workflows', () => {
  it.each(jobs)('$what calls only what exists', ({ steps, uses: called }) => {
    expect(runs(steps).flatMap(({ run }) => missingIn(run))).toEqual([]);
    if (called) expect(() => read(called)).not.toThrow();
  });

  it.each(jobs)('$what may read the repository, and identify itself only to enter AWS', (job) => {
    const allowed = entersAws(job.steps) ? { contents: 'read', 'id-token': 'write' } : { contents: 'read' };
    expect(job.permissions).toEqual(allowed);
    if (entersAws(job.steps)) expect(job.environment, 'a role must be bound to an environment').toBeDefined();
  });

  it.each(jobs.filter(({ steps }) => steps.length > 0))('$what trusts no stranger', ({ steps }) => {
    for (const { uses: action, with: given } of uses(steps)) {
      expect(action).toMatch(/^[\w-]+\/[\w-]+@(v\d+|[0-9a-f]{40})$/);
      if (action.startsWith('actions/checkout@')) expect(given).toMatchObject({ 'persist-credentials': false });
    }
    // What an expression inserts into a script is run by the shell; a variable is not.
    for (const { run } of runs(steps)) expect(run).not.toContain('${{');
    const installs = runs(steps).filter(({ run }) => /npm (ci|install|i)\b/.test(run));
    expect(installs.map(({ run }) => run)).toEqual(['npm ci --ignore-scripts']);
  });

  it('end by themselves, and never run code of a fork with the rights of the repository', () => {
    for (const { what, uses: called, 'timeout-minutes': minutes } of jobs) {
      if (!called) expect(minutes, what).toBeGreaterThan(0);
    }
    for (const { on } of workflows) expect(Object.keys(on)).not.toContain('pull_request_target');
  });

  it('check before they deploy, deploy to staging before production, and probe what they have deployed', () => {
    const deploy = (name: string) => jobs.find(({ what }) => what === `deploy.yml ${name}`);
    expect(deploy('staging')).toMatchObject({ needs: 'checks', environment: 'staging' });
    expect(deploy('production')).toMatchObject({ needs: 'staging', environment: 'production' });
    for (const name of ['staging', 'production']) {
      const { steps = [], concurrency } = deploy(name) ?? {};
      expect(concurrency, 'a deployment is never cut off').toBeDefined();
      const order = runs(steps).map(({ run }) => /cdk diff|cdk deploy|npm run live/.exec(run)?.[0]);
      expect(order.filter(Boolean)).toEqual(['cdk diff', 'cdk deploy', 'npm run live']);
    }
  });
});

describe('the GitLab pipeline', () => {
  const script = z.array(z.string()).optional();
  const job = z.looseObject({ script, before_script: script, extends: z.string().optional() });
  const {
    stages,
    default: _,
    workflow: __,
    ...rest
  } = z.looseObject({ stages: z.array(z.string()) }).parse(read('.gitlab-ci.yml'));
  const definitions = z.record(z.string(), job).parse(rest);
  const named = Object.entries(definitions).filter(([name]) => !name.startsWith('.'));

  it('calls only what exists', () => {
    const lines = Object.values(definitions).flatMap((each) => [...(each.before_script ?? []), ...(each.script ?? [])]);
    expect(lines.flatMap(missingIn)).toEqual([]);
    expect(lines.join('\n')).toContain('npm ci --ignore-scripts');
    for (const { extends: base } of Object.values(definitions)) if (base) expect(definitions).toHaveProperty([base]);
  });

  it('enters AWS only in jobs of an environment', () => {
    const enters = (name: string | undefined): boolean =>
      name === '.aws' || (name !== undefined && enters(definitions[name]?.extends));
    for (const [name, definition] of named) {
      expect(Boolean(definition.environment), name).toBe(enters(definition.extends));
      expect(stages).toContain(definition.stage);
    }
    expect(named.filter(([, { extends: base }]) => enters(base)).map(([name]) => name)).toEqual([
      'staging',
      'production',
      'drift',
    ]);
  });

  it('asks a person before production', () => {
    expect(definitions.production).toMatchObject({ rules: [{ when: 'manual' }], resource_group: 'production' });
  });
});
