import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import * as z from 'zod';
import { bundleFunction, functionNames } from './bundle.ts';
import { firstAdminKeyFunction } from './first-admin-key.ts';
import { GatewayStack } from './gateway-stack.ts';
import type { Settings } from './settings.ts';
import { StatefulStack } from './stateful-stack.ts';

const root = join(import.meta.dirname, '..');

const configurationSchema = z.object({ context: z.record(z.string(), z.unknown()) });

/** An app with the feature flags of `cdk.json`, as the CLI would start it. Without `outdir` it synthesises to a temporary one. */
export function gatewayApp(outdir?: string): App {
  const { context } = configurationSchema.parse(JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')));
  const metadata = { 'aws:cdk:enable-path-metadata': true, 'aws:cdk:enable-asset-metadata': true };
  return new App({ ...(outdir !== undefined && { outdir }), context: { ...context, ...metadata } });
}

/** The two stacks of one gateway. */
export interface Gateway {
  stateful: StatefulStack;
  gateway: GatewayStack;
}

/** Adds the stacks of one gateway to the app, and the checks that its synthesis must pass. */
export function buildGateway(app: App, settings: Settings, bundleOf: (functionName: string) => string): Gateway {
  // A table with a key of its own needs to know its region.
  const env = { region: settings.region };
  const stateful = new StatefulStack(app, `${settings.name}-state`, settings, {
    env,
    description: 'Gatehouse: what is kept.',
  });
  const gateway = new GatewayStack(app, settings.name, {
    env,
    description: 'Gatehouse: what is served.',
    settings,
    stateful,
    bundleOf,
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { stateful, gateway };
}

/** The names of the two stacks; their templates are `<outdir>/<name>.template.json`. */
export interface Synthesised {
  stateful: string;
  gateway: string;
}

/**
 * Writes the templates and assets of one gateway to `outdir`, as `cdk synth` does. Rejects when a check fails.
 * `bundleOf` gives the directory of a function's bundle; without it all functions are bundled.
 */
export async function synthesise(
  settings: Settings,
  outdir: string,
  bundleOf?: (functionName: string) => string,
): Promise<Synthesised> {
  const write = (bundles: (functionName: string) => string): Synthesised => {
    const app = gatewayApp(outdir);
    const { stateful, gateway } = buildGateway(app, settings, bundles);
    app.synth();
    return { stateful: stateful.stackName, gateway: gateway.stackName };
  };
  return bundleOf ? write(bundleOf) : withBundles(write);
}

/** Bundles all functions for as long as `use` runs; it is given the directory of each. */
export async function withBundles<T>(use: (bundleOf: (functionName: string) => string) => T): Promise<T> {
  // Inside the project and at a constant depth: source maps hold relative paths, and a bundle's hash names its version.
  const parent = join(root, 'dist');
  mkdirSync(parent, { recursive: true });
  const directory = mkdtempSync(join(parent, 'bundles-'));
  const bundleOf = (name: string) => join(directory, name);
  try {
    await Promise.all([...functionNames(), firstAdminKeyFunction].map((name) => bundleFunction(name, bundleOf(name))));
    return use(bundleOf);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
