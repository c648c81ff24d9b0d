import { defineConfig } from 'vitest/config';

/** `npm run e2e`: the synthesised deployment on this machine, driven by tests of its own and by the journeys. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts', 'test/journeys/**/*.test.ts'],
    // These start processes of their own. What they say of several holds of a deployment by its nature.
    exclude: ['test/journeys/{two-processes,process-dies,told-of-changes}.test.ts'],
    globalSetup: ['test/e2e/synthesise-deployment.ts'],
    // Every file starts a deployment of its own, with a process for each function: one at a time.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    env: { CDK_VALIDATION: 'false' },
  },
});
