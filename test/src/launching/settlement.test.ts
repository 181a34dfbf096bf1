import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Judgement, Mark } from '#machines/contract.js';
import { failureOf } from '#machines/failure.js';
import { createAttemptBook } from '#src/launching/attempt-book.js';
import { createLaunchEffects } from '#src/launching/effects.js';
import { createSettling } from '#src/launching/settlement.js';
import { launchSetup } from '#src/launching/setup.js';
import { readAttempts } from '#src/store/attempts.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import { openJournal } from '#src/store/journal.js';
import { takeLease } from '#src/store/lease.js';
import { writePin } from '#src/store/pin.js';
import { readPointer } from '#src/store/pointer.js';
import { removeCondemned } from '#src/store/retention.js';
import { faultyFileSystem, interceptFileSystem } from '#src/testing/index.js';
import { type AppWorld, fs, newWorld, put, stage } from '../../support/app-world.ts';

const key = async () => ({ abi: 'test-abi', shellVersion: '1.0.0', now: new Date() });

/** What a shell does with its verdict on an attempt at 1.1.0. */
const judged = (
  world: AppWorld,
  id: string,
  tree: string,
  mark: Mark,
  role: 'override' | 'bundled' = 'override',
) => {
  const untidied: string[] = [];
  const book = createAttemptBook(fs, world.layout);
  const judgement: Judgement = {
    suspect: {
      candidate: { role, version: '1.1.0', tree, firstStart: true },
      attempt: id,
      observation: 'timedOut',
      failure: failureOf({ code: 'LAUNCH_TIMED_OUT', message: '1.1.0 was not ready in time' }),
      exit: null,
    },
    verdict: { kind: 'version', mark, reason: 'it was slow' },
  };
  const settle = createSettling(launchSetup(world.options), book, key, ({ message }) =>
    untidied.push(message),
  );
  return { settle: () => settle([judgement]), untidied };
};

/** One settling on a store with 1.1.0 staged and its attempt open. */
const settling = async (world: AppWorld, mark: Mark, role: 'override' | 'bundled' = 'override') => {
  const tree = await stage(world, '1.1.0');
  const { id } = await createAttemptBook(fs, world.layout).open({ version: '1.1.0', role, tree });
  return judged(world, id, tree, mark, role);
};

const states = ({ layout }: AppWorld) => readAttempts(fs, layout).map(({ state }) => state);

test('P-26: a strike that is settled twice, as a stop in the middle does, counts once', async () => {
  const world = newWorld();
  const { settle } = await settling(world, 'strike');
  const answers = await Promise.all([settle(), settle()]);
  expect(answers).toEqual([{ rolledBack: [] }, { rolledBack: [] }]);
  expect(readBadVersions(fs, world.layout)).toMatchObject([
    { version: '1.1.0', strikes: 1, abi: 'test-abi' },
  ]);
  expect(readPointer(fs, world.layout)).toMatchObject({ kind: 'valid' });
});

test('P-04, P-26: a strike that was written before a crash is not written again for the same attempt', async () => {
  const world = newWorld();
  const tree = await stage(world, '1.1.0');
  const { id } = await createAttemptBook(fs, world.layout).open({ version: '1.1.0', role: 'override', tree });
  const record = readAttempts(fs, world.layout);
  for (let crash = 1; crash <= 3; crash += 1) {
    await judged(world, id, tree, 'strike').settle();
    // The crash came before the attempt was closed.
    put(world.layout.attempt(id), JSON.stringify({ schema: 1, ...record[0] }));
  }
  expect(readBadVersions(fs, world.layout)).toMatchObject([{ version: '1.1.0', strikes: 1, attempt: id }]);
  const later = await createAttemptBook(fs, world.layout).open({ version: '1.1.0', role: 'override', tree });
  await judged(world, later.id, tree, 'strike').settle();
  expect(readBadVersions(fs, world.layout)).toMatchObject([{ version: '1.1.0', strikes: 2 }]);
});

test('L-06: a rollback is told to both who settle it', async () => {
  const world = newWorld();
  const { settle } = await settling(world, 'bad');
  const told = { rolledBack: [{ version: '1.1.0', reason: 'it was slow (1.1.0 was not ready in time)' }] };
  expect(await Promise.all([settle(), settle()])).toEqual([told, told]);
  expect(states(world)).toEqual(['failed']);
});

test('P-32: a version that is pinned meanwhile is marked, and its folder stays', async () => {
  const world = newWorld();
  const { settle } = await settling(world, 'bad');
  await writePin(fs, world.layout, '1.1.0');
  expect((await settle()).rolledBack).toHaveLength(1);
  expect(readBadVersions(fs, world.layout)).toMatchObject([{ version: '1.1.0', strikes: 2 }]);
  expect(existsSync(world.layout.version('1.1.0'))).toBe(true);
});

test('P-32: a version that is pinned while its folder is being removed is back in its place', async () => {
  const world = newWorld();
  await stage(world, '1.1.0');
  const watched = interceptFileSystem(fs, ({ call, path }, proceed) => {
    if (call === 'rename' && path === world.layout.version('1.1.0'))
      put(world.layout.pin, JSON.stringify({ schema: 1, version: '1.1.0' }));
    return proceed();
  });
  await removeCondemned(watched, world.layout, '1.1.0', null);
  expect(existsSync(world.layout.version('1.1.0'))).toBe(true);
});

test('L-06: where the mark cannot be written nothing is removed and the attempt stays open; later it is done', async () => {
  const world = newWorld();
  const { settle } = await settling(world, 'bad');
  put(`${world.layout.badVersions}/in-the-way`, 'x');
  await expect(settle()).rejects.toMatchObject({ blame: 'disk' });
  expect(readPointer(fs, world.layout)).toMatchObject({ kind: 'valid' });
  expect(existsSync(world.layout.version('1.1.0'))).toBe(true);
  expect(states(world)).toEqual(['open']);
  fs.rmSync(world.layout.badVersions, { recursive: true });
  expect((await settle()).rolledBack).toHaveLength(1);
  expect(existsSync(world.layout.version('1.1.0'))).toBe(false);
});

test('L-06: what cannot be removed after the mark is written does not keep the rollback from being told', async () => {
  const world = newWorld();
  const { settle, untidied } = await settling(world, 'bad');
  fs.rmSync(world.layout.current);
  put(`${world.layout.current}/in-the-way`, 'x');
  fs.rmSync(world.layout.attempts, { recursive: true });
  expect((await settle()).rolledBack).toHaveLength(1);
  expect(untidied.join()).toContain('attempt');
});

test('L-06: while the pointer cannot be read the folder that it may name stays', async () => {
  const world = newWorld();
  const tree = await stage(world, '1.1.0');
  const { fs: faulty, failAt } = faultyFileSystem();
  failAt(({ path }) => path === world.layout.current, 'EIO');
  const effects = createLaunchEffects(launchSetup(world.options, faulty), openJournal(fs, world.layout));
  const failure = failureOf({ code: 'LAUNCH_EXITED_EARLY', message: 'it died' });
  const candidate = { role: 'override', version: '1.1.0', tree, firstStart: true } as const;
  const suspect = { candidate, attempt: null, observation: 'exitedEarly', failure, exit: null } as const;
  const verdict = { kind: 'version', mark: 'bad', reason: 'it died' } as const;
  expect((await effects.settle({ judgements: [{ suspect, verdict }] })).rolledBack).toHaveLength(1);
  expect(existsSync(world.layout.version('1.1.0'))).toBe(true);
});

test('P-12: the folder of a bad version in which another child runs stays until it has ended', async () => {
  const world = newWorld();
  const { settle } = await settling(world, 'bad');
  const lease = await takeLease(fs, world.layout, '1.1.0');
  await settle();
  expect(readPointer(fs, world.layout)).toEqual({ kind: 'none' });
  expect(existsSync(world.layout.version('1.1.0'))).toBe(true);
  await lease.release();
});

test('P-06: the bundled runtime is never marked', async () => {
  const world = newWorld();
  const { settle } = await settling(world, 'bad', 'bundled');
  expect(await settle()).toEqual({ rolledBack: [] });
  expect(readBadVersions(fs, world.layout)).toEqual([]);
});
