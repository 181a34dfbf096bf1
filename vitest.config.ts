import { defineConfig } from 'vitest/config';

// Tests import the built output (`#src/…`, `#machines/…`): what is shipped is what is tested, workers included.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    server: { deps: { external: [/\/dist\//] } },
  },
});
