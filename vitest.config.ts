import { randomInt } from 'node:crypto';
import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/proof/longest-first.ts';
import { PromiseTable } from './test/support/proof/promise-table.ts';

const report = process.env.STAGEDOOR_TEST_REPORT;

/** In memory where there is plenty: a full run makes some million files. `TMPDIR` chooses a disk instead. */
const room = (): string => {
  const memory = '/dev/shm';
  if (process.env.TMPDIR !== undefined || !existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > 4 * 2 ** 30 ? memory : tmpdir();
};

/** What is remembered of executables stays out of the user's own cache. */
const places = (): Record<string, string> => {
  const temporary = room();
  return { TMPDIR: temporary, XDG_CACHE_HOME: join(temporary, 'stagedoor-tests-cache') };
};

/** A short run asks no registry by itself: its workers begin without the certificates that only such a one needs. */
const withoutCertificates = (): Record<string, string> => {
  const { NODE_EXTRA_CA_CERTS: certificates } = process.env;
  return certificates === undefined ? {} : { NODE_EXTRA_CA_CERTS: '', STAGEDOOR_CERTIFICATES: certificates };
};

/** Programs that are started again and again, real windows, real minutes: a short run has no time for them. */
const atLength = [
  'test/electron/example-app.test.ts',
  'test/electron/flow.test.ts',
  'test/electron/network.test.ts',
  'test/electron/orders.test.ts',
  'test/electron/places.test.ts',
  'test/electron/quitting.test.ts',
  'test/electron/restarts.test.ts',
  'test/electron/staged-state.test.ts',
  'test/electron/windows.test.ts',
  'test/flows/demo.test.ts',
  'test/flows/journey.test.ts',
  'test/proof/bombs.test.ts',
  'test/proof/busy-at-every-operation.test.ts',
  'test/proof/credentials.test.ts',
  'test/proof/mounts.test.ts',
  'test/proof/moved-bundle.test.ts',
  'test/proof/native-trees-faults.test.ts',
  'test/proof/nothing-runs.test.ts',
  'test/proof/plugins-faults.test.ts',
  'test/proof/plugins-power.test.ts',
  'test/proof/plugins-processes.test.ts',
  'test/proof/power-mutants.test.ts',
  'test/proof/update-worker.test.ts',
  'test/proof/zoo.test.ts',
  'test/renderer/banner-looks.test.ts',
  'test/renderer/banner.test.ts',
  'test/renderer/hook.test.ts',
  'test/renderer/hostile-page.test.ts',
  'test/renderer/preload.test.ts',
  'test/src/actors/schedule.test.ts',
  'test/src/builders/electron-builder.test.ts',
  'test/src/child/core-lock.test.ts',
  'test/src/child/python-core-lock.test.ts',
  'test/src/cli/abi.test.ts',
  'test/src/cli/bundle.test.ts',
  'test/src/cli/lock.test.ts',
  'test/src/cli/natives-ensure.test.ts',
  'test/src/cli/natives-python.test.ts',
  'test/src/cli/natives-run.test.ts',
  'test/src/cli/natives-trees.test.ts',
  'test/src/cli/plugin-python.test.ts',
  'test/src/cli/plugin.test.ts',
  'test/src/cli/replay.test.ts',
  'test/src/cli/run.test.ts',
  'test/src/cli/store.test.ts',
  'test/src/cli/update.test.ts',
  'test/src/cli/usage.test.ts',
  'test/src/cli/visualize.test.ts',
  'test/src/core-lock/importable.test.ts',
  'test/src/core-lock/python-run.test.ts',
  'test/src/film/film-cost.test.ts',
  'test/src/follow/connection.test.ts',
  'test/src/follow/following.test.ts',
  'test/src/launching/core-lock-python.test.ts',
  'test/src/launching/natives-node.test.ts',
  'test/src/launching/natives-python.test.ts',
  'test/src/launching/shell-death.test.ts',
  'test/src/launching/verdicts.test.ts',
  'test/src/natives/build-trouble.test.ts',
  'test/src/natives/build.test.ts',
  'test/src/natives/node-packages-trouble.test.ts',
  'test/src/natives/node-packages.test.ts',
  'test/src/natives/proof.test.ts',
  'test/src/natives/python-abis.test.ts',
  'test/src/natives/python-builds.test.ts',
  'test/src/natives/python-configuration.test.ts',
  'test/src/natives/python-contents.test.ts',
  'test/src/natives/python-installers.test.ts',
  'test/src/natives/python-interruption.test.ts',
  'test/src/natives/python-matching.test.ts',
  'test/src/natives/python-packages.test.ts',
  'test/src/natives/python-pinning-places.test.ts',
  'test/src/natives/python-refusals.test.ts',
  'test/src/plugins/npm/staging.test.ts',
  'test/src/plugins/python/addresses.test.ts',
  'test/src/plugins/python/beside-installing.test.ts',
  'test/src/plugins/python/interpreters.test.ts',
  'test/src/plugins/python/interruption.test.ts',
  'test/src/plugins/python/provider.test.ts',
  'test/src/process/long-run.test.ts',
  'test/src/testing/runtimes.test.ts',
  'test/visualizations/storyboards.test.ts',
];

// Tests import the built output (`#src/…`, `#machines/…`): what is shipped is what is tested, workers included.
// `--mode full` is what a release runs: everything instead of a share, from a seed of its own.
export default defineConfig(({ mode }) => {
  const full = mode === 'full';
  if (!full) console.log(`skipped: a full run also goes through\n  ${atLength.join('\n  ')}`);
  const seed = process.env.STAGEDOOR_SEED ?? (full ? String(randomInt(2 ** 31)) : '1');
  return {
    test: {
      include: ['test/**/*.test.ts'],
      exclude: full ? [] : atLength,
      setupFiles: ['test/support/loopback-only.ts'],
      pool: 'forks',
      // On two cores: about a quarter of a worker's time goes by waiting for children, timers and the disk.
      maxWorkers: 3,
      ...(full ? { sequence: { sequencer: LongestFirst } } : {}),
      testTimeout: full ? 1_200_000 : 60_000,
      hookTimeout: 60_000,
      env: {
        STAGEDOOR_SEED: seed,
        STAGEDOOR_FULL: full ? '1' : '0',
        ...places(),
        ...(full ? {} : withoutCertificates()),
      },
      reporters: ['default', new PromiseTable({ seed, full }), ...(report === undefined ? [] : ['json'])],
      ...(report === undefined ? {} : { outputFile: { json: report } }),
      server: { deps: { external: [/\/dist\//] } },
    },
  };
});
