import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { StagedoorError } from '#src/failure.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import { type FileSystem, nodeFileSystem } from '#src/store/file-system.js';
import type { FileOperation } from '#src/testing/index.js';
import { chosen } from '../support/faults/choice.ts';
import { differenceOf, packed } from '../support/faults/contents.ts';
import { bytesIn } from '../support/faults/fingerprint.ts';
import { pointedVersion } from '../support/faults/next-start.ts';
import { preparations, update } from '../support/faults/preparations.ts';
import { smallDisk } from '../support/faults/small-disk.ts';
import { prepare } from '../support/faults/stage-set.ts';
import { emptyWorld, through, type World } from '../support/faults/store-world.ts';
import { registryForTest } from '../support/loopback.ts';
import { ran } from '../support/proof/run.ts';

const allocates = ({ call, mutates }: FileOperation): boolean =>
  call === 'write' || call === 'mkdir' || (call === 'open' && mutates);

/** Bytes of a finished folder that waits for its pointer: the next check adopts it (U-10). */
const waiting = (world: World): number => {
  const dir = world.layout.version('1.2.0');
  if (pointedVersion(world) === '1.2.0' || !existsSync(dir)) return 0;
  expect(differenceOf(world.layout, '1.2.0')).toBeNull();
  return bytesIn({ ...world.layout, root: dir });
};

/** The real one, but for the question how much room there is: the answer would end it before it began. */
const roomyFileSystem: FileSystem = {
  ...nodeFileSystem,
  promises: {
    ...nodeFileSystem.promises,
    statfs: (async () => ({ bavail: 1e6, bsize: 4096 })) as unknown as FileSystem['promises']['statfs'],
  },
};

const pageBytes = 4096;

/** Fills a disk until so many pages are free. */
const fillUpTo = (disk: string, ballast: string, pages: number): void => {
  const { bavail, bsize } = statfsSync(disk);
  const bytes = bavail * bsize - (pages + 1) * pageBytes;
  if (bytes > 0) writeFileSync(ballast, Buffer.alloc(bytes));
};

const expectUntouched = (world: World, bytes: number, outcome: object, situation: string): void => {
  const { error } = { error: null, ...outcome };
  const version = pointedVersion(world);
  expect(version, situation).toBe(error === null ? '1.2.0' : '1.1.0');
  expect(differenceOf(world.layout, version ?? ''), situation).toBeNull();
  expect(readBadVersions(nodeFileSystem, world.layout), situation).toEqual([]);
  if (error === null) return;
  expect(error, situation).toBeInstanceOf(StagedoorError);
  expect(error, situation).toMatchObject({ code: 'DISK_FULL' });
  expect(bytesIn(world.layout) - waiting(world), situation).toBe(bytes);
};

test.for(['stage', 'adopt'] as const)(
  'P-07: a disk that is full from any operation of "%s" on commits nothing and gets back what was written',
  async (name, { task }) => {
    const set = await prepare(name);
    const bytes = bytesIn(set.template.layout) - waiting(set.template);
    const moments = chosen(set.operations.filter(allocates), 4, `full ${name}`);
    for (const { index, call } of moments) {
      const situation = `${name}, full from operation ${index} on (${call})`;
      await set.play(
        port => void port.failAt(one => one.index >= index && allocates(one), 'ENOSPC', { short: true }),
        async ({ world, outcome }) => expectUntouched(world, bytes, outcome, situation),
      );
    }
    ran({ task }, moments.length, 'full disks');
  },
);

/** Updates with so many free pages; gives whether it came through. */
const updateWith = async (world: World, disk: string, pages: number, bytes: number): Promise<boolean> => {
  const ballast = path.join(disk, 'ballast');
  fillUpTo(disk, ballast, pages);
  const outcome = await update(world).then(
    value => ({ value }),
    (error: unknown) => ({ error }),
  );
  rmSync(ballast, { force: true });
  expectUntouched(world, bytes, outcome, `${pages} pages free`);
  return 'value' in outcome;
};

test('P-07: on a real disk of two megabytes nothing is committed until there is room for it', async ({
  task,
  skip,
}) => {
  const disk = smallDisk(2048);
  if (disk === null) return skip();
  const registry = await registryForTest();
  const world = through(emptyWorld(registry.url, disk), roomyFileSystem);
  await preparations.offered(world, version => registry.publish(packed(version)));
  const bytes = bytesIn(world.layout);
  let pages = 0;
  while (!(await updateWith(world, disk, pages, bytes))) pages += 1;
  expect(pages).toBeGreaterThan(4);
  ran({ task }, pages, 'full disks');
});
