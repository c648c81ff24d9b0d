import { defineConfig } from 'vitest/config';

/** Probes of a deployment, `npm run live`: skipped unless LIVE_URL says where it is. */
export default defineConfig({
  test: {
    include: ['test/live/**/*.probe.ts'],
    // One after the other: a probe that measures must not feel the others, nor trip the throttle for them.
    fileParallelism: false,
    isolate: false,
    testTimeout: 120_000,
    retry: 0,
    reporters: ['verbose'],
  },
});
