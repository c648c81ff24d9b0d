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

/** Synthesises the deployment that all tests of this run serve, as `cdk synth` does. */
export default async function synthesiseDeployment(project: TestProject): Promise<() => void> {
  process.env.CDK_VALIDATION = 'false';
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-e2e-'));
  await synthesise(
    parseSettings({
      publicUrl,
      issuers: [{ issuer, jwks_uri: `${issuer}/jwks.json`, audiences: [`${publicUrl}/mcp`], algorithms: ['ES256'] }],
    }),
    directory,
  );
  project.provide('deployment', { directory, publicUrl, issuer });
  return () => rmSync(directory, { recursive: true, force: true });
}
