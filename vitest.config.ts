import { randomInt } from 'node:crypto';
import { defineConfig } from 'vitest/config';
import { PromiseTable } from './test/support/proof/promise-table.ts';

const report = process.env.STAGEDOOR_TEST_REPORT;

// Tests import the built output (`#src/…`, `#machines/…`): what is shipped is what is tested, workers included.
// `--mode full` is what a release runs: everything instead of a share, from a seed of its own.
export default defineConfig(({ mode }) => {
  const full = mode === 'full';
  const seed = process.env.STAGEDOOR_SEED ?? (full ? String(randomInt(2 ** 31)) : '1');
  return {
    test: {
      include: ['test/**/*.test.ts'],
      pool: 'forks',
      maxWorkers: 2,
      testTimeout: full ? 1_200_000 : 60_000,
      hookTimeout: 60_000,
      env: { STAGEDOOR_SEED: seed, STAGEDOOR_FULL: full ? '1' : '0' },
      reporters: ['default', new PromiseTable({ seed, full }), ...(report === undefined ? [] : ['json'])],
      ...(report === undefined ? {} : { outputFile: { json: report } }),
      server: { deps: { external: [/\/dist\//] } },
    },
  };
});
