import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These start the synthesised deployment: `npm run e2e`.
    exclude: ['test/e2e/**'],
    // Vitest leaves a core idle; most of the time is spent waiting.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    env: { CDK_VALIDATION: 'false' },
  },
});
