import { defineConfig } from 'vitest/config';

const report = process.env.STAGEDOOR_TEST_REPORT;

// Tests import the built output (`#src/…`, `#machines/…`): what is shipped is what is tested, workers included.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: report === undefined ? ['default'] : ['default', 'json'],
    ...(report === undefined ? {} : { outputFile: { json: report } }),
    server: { deps: { external: [/\/dist\//] } },
  },
});
