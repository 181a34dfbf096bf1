import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Candidate, Judgement, Mark } from '#machines/contract.js';
import { failureOf } from '#machines/failure.js';
import { afterStart } from '#src/launching/after-start.js';
import { noteChild } from '#src/store/attempts.js';
import { type FileSystem, nodeFileSystem as fs } from '#src/store/file-system.js';
import { takeLease } from '#src/store/lease.js';
import {
  clearedBeforeRemoved,
  closedAfterVerdict,
  closedBeforeCounted,
  markedFirst,
  pointedIsThere,
} from '../rules.ts';
import type { Scenario } from '../scenario.ts';
import { emptyWorld, mark, type PowerWorld, put, stockedWorld, treeOf } from '../world.ts';
import { candidateOf, damage, noJournal, trustNewest, withNewest } from './prepared.ts';

const never = new AbortController().signal;

/** A child that is long gone: a recovery must find nothing to end. */
const noProcess = 2 ** 31 - 2;

const judgementOf = (candidate: Candidate, attempt: string, weight: Mark): Judgement => ({
  suspect: {
    candidate,
    attempt,
    observation: weight === 'bad' ? 'exitedEarly' : 'timedOut',
    failure: failureOf({ code: 'LAUNCH_EXITED_EARLY', message: `${candidate.version} ended at once` }),
    exit: null,
  },
  verdict: { kind: 'version', mark: weight, reason: 'it does not start' },
});

const attempt = async (world: PowerWorld, port: FileSystem, version: string) => {
  const effects = world.launching(port);
  const candidate = candidateOf(version, treeOf(world.layout, version));
  return { effects, candidate, attempt: await effects.openAttempt(candidate, never), natives: null };
};

const settling = (name: string, weight: Mark, after: string, rules: Scenario['rules']): Scenario => ({
  name,
  prepare: withNewest,
  before: ['1.2.0'],
  rules,
  run: async (world, { fs: port, report }) => {
    const { effects, candidate, attempt: opened } = await attempt(world, port, '1.2.0');
    report('the attempt is open', ['1.2.0']);
    await effects.settle({ judgements: [judgementOf(candidate, opened.id, weight)] });
    report('the verdict is carried out', [after]);
  },
});

/** A shell has died in an attempt of 1.2.0 for the second time. */
const withDeadShell = async (): Promise<PowerWorld> => {
  const world = await withNewest();
  await mark(world.layout, '1.2.0', 'strike');
  await attempt(world, fs, '1.2.0');
  for (const name of readdirSync(world.layout.attempts)) {
    const file = path.join(world.layout.attempts, name);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"shell":"[^"]*"/, '"shell":"1-0-0"'));
  }
  return world;
};

export const launching: readonly Scenario[] = [
  settling('roll back', 'bad', '1.1.0', [
    markedFirst('1.2.0'),
    closedAfterVerdict('1.2.0', 2),
    clearedBeforeRemoved('1.2.0'),
  ]),
  settling('strike', 'strike', '1.2.0', [pointedIsThere, closedAfterVerdict('1.2.0', 1)]),
  {
    name: 'recover from a dead shell',
    prepare: withDeadShell,
    before: ['1.2.0'],
    rules: [markedFirst('1.2.0'), closedAfterVerdict('1.2.0', 2), clearedBeforeRemoved('1.2.0')],
    run: async (world, { fs: port, report }) => {
      await world.launching(port).recover();
      report('the store is recovered', ['1.1.0']);
    },
  },
  {
    name: 'launch',
    prepare: withNewest,
    before: ['1.2.0'],
    rules: [pointedIsThere, closedBeforeCounted('1.2.0', 0)],
    run: async (world, { fs: port, report }) => {
      const lease = await takeLease(port, world.layout, '1.2.0');
      report('the lease is taken');
      const { effects, ...input } = await attempt(world, port, '1.2.0');
      report('the attempt is open: spawn');
      await noteChild(port, world.layout, input.attempt.id, noProcess);
      report('the child is noted');
      await lease.hold(process.ppid);
      report('the child holds the lease');
      await effects.recordReady(input);
      report('the launch is counted');
      await effects.recordTrusted(input.candidate);
      report('the version is trusted', ['1.2.0']);
      await lease.release();
      report('the lease is released');
    },
  },
  {
    name: 'launch on an empty machine',
    prepare: emptyWorld,
    before: ['bundled'],
    rules: [closedBeforeCounted('1.0.0', 0)],
    run: async (world, { fs: port, report }) => {
      const effects = world.launching(port);
      await effects.recover();
      const [candidate] = (await effects.resolve({ exclude: [] })).candidates;
      if (candidate === undefined) throw new Error('there is no candidate');
      const opened = await effects.openAttempt(candidate, never);
      report('the attempt is open: spawn');
      await effects.recordReady({ candidate, attempt: opened, natives: null });
      report('the launch is counted', ['bundled']);
    },
  },
  {
    name: 'set a damaged version aside',
    prepare: async () => {
      const world = await withNewest();
      damage(world, 'cli.js');
      return world;
    },
    before: ['1.1.0'],
    rules: [clearedBeforeRemoved('1.2.0')],
    run: async (world, { fs: port, report }) => {
      await world.launching(port).quarantine(candidateOf('1.2.0', treeOf(world.layout, '1.2.0')));
      report('it is set aside', ['1.1.0']);
    },
  },
  {
    name: 'condemn what runs damaged',
    prepare: async () => {
      const world = await withNewest();
      await trustNewest(world);
      await takeLease(fs, world.layout, '1.2.0');
      const file = path.join(world.layout.version('1.2.0'), 'data.bin');
      const { atime, mtimeMs } = fs.statSync(file);
      writeFileSync(file, readFileSync(file).fill('x'));
      // Back to the very millisecond: neither size nor time tells, so only the full check does.
      fs.utimesSync(file, atime, (Math.trunc(mtimeMs) + 0.5) / 1000);
      return world;
    },
    before: ['1.2.0 damaged'],
    rules: [],
    run: async (world, { fs: port, report }) => {
      const candidate = candidateOf('1.2.0', treeOf(world.layout, '1.2.0'));
      await afterStart(world.setup(port), candidate, noJournal);
      report('it is condemned', ['1.1.0']);
    },
  },
  {
    name: 'remove a pointer that is no pointer',
    prepare: async () => {
      const world = await stockedWorld();
      put(world.layout.current, '{"schema":1,"vers');
      return world;
    },
    before: ['1.1.0'],
    beginsTorn: true,
    rules: [],
    run: async (world, { fs: port, report }) => {
      await world.launching(port).resolve({ exclude: [] });
      report('the pointer is gone', ['1.1.0']);
    },
  },
];
