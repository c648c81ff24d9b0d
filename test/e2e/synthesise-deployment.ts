import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { parseSettings } from '../../lib/settings.ts';
import { synthesise } from '../../lib/synthesise.ts';

/** A synthesis, and what its settings call the gateway and the issuer. */
export interface SynthesisedDeployment {
  directory: string;
  publicUrl: string;
  issuer: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Present under `npm run e2e`. */
    deployment: SynthesisedDeployment | undefined;
  }
}

const publicUrl = 'https://mcp.on-this-machine.net';
const issuer = 'https://issuer.on-this-machine.net';

/** Synthesises a deployment as `cdk synth` does, into a new directory. */
export async function synthesiseDeployment(): Promise<SynthesisedDeployment> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'));
  const settings = parseSettings({
    publicUrl,
    issuers: [{ issuer, jwks_uri: `${issuer}/jwks.json`, audiences: [`${publicUrl}/mcp`], algorithms: ['ES256'] }],
  });
  await synthesise(settings, directory);
  return { directory, publicUrl, issuer };
}

/** Before all tests: synthesises the deployment that they serve. */
export default async function setup(project: TestProject): Promise<() => void> {
  const deployment = await synthesiseDeployment();
  project.provide('deployment', deployment);
  return () => rmSync(deployment.directory, { recursive: true, force: true });
}
