import { lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBadVersions } from '#src/store/bad-versions.js';
import { type Layout, treeListName } from '#src/store/layout.js';
import { fs } from '../support/app-world.ts';
import { isFull, ran, seed } from '../support/proof/run.ts';
import { newStagedWorld, type StagedWorld, stagedVersion } from '../support/tampering/staged-world.ts';
import { type Tamper, tampers } from '../support/tampering/tampers.ts';

/** What is executed first, what a process maps, and the list itself. */
const isVital = (file: string): boolean =>
  file === 'cli.js' ||
  file === 'package.json' ||
  file === treeListName ||
  /^node_modules\/native\/|\.so\.1$/.test(file);

const bytesOf = (world: StagedWorld, layout: Layout): Map<string, string> =>
  new Map(
    world.files
      .filter(file => file !== treeListName)
      .map(file => {
        const place = path.join(layout.version(stagedVersion), file);
        return [file, `${lstatSync(place).mode.toString(8)} ${readFileSync(place, 'latin1')}`];
      }),
  );

/** Refused at once, or started once more and refused by the next launch. */
const refusal = async (
  world: StagedWorld,
  layout: Layout,
): Promise<'at once' | 'by the next launch' | 'never'> => {
  const first = await world.start(layout);
  if (first.candidate.version !== stagedVersion) return 'at once';
  await world.follow(layout, first.candidate);
  return (await world.start(layout)).candidate.version === stagedVersion ? 'never' : 'by the next launch';
};

const assertHealed = async (world: StagedWorld, layout: Layout): Promise<void> => {
  expect(await world.update(layout)).toBe('staged');
  expect(bytesOf(world, layout)).toEqual(bytesOf(world, world.template));
  expect((await world.start(layout)).candidate).toMatchObject({ version: stagedVersion, role: 'override' });
  expect(readBadVersions(fs, layout)).toEqual([]);
};

type Case = { readonly file: string; readonly tamper: Tamper };

const casesIn = (world: StagedWorld): Case[] =>
  world.files.flatMap(file =>
    tampers
      .filter(({ fits }) => fits?.(path.join(world.template.version(stagedVersion), file)) ?? true)
      .map(tamper => ({ file, tamper })),
  );

describe('P-09: what is launched is what was staged', () => {
  test('P-09: each file that is changed in any way is refused, blames nobody and is staged anew', async ({
    task,
  }) => {
    const world = await newStagedWorld();
    const all = casesIn(world);
    const telling = all.filter(({ file, tamper }) => tamper.hidden === true || file === treeListName);
    const cases = isFull ? all : [...telling, ...fc.sample(fc.constantFrom(...all), { seed, numRuns: 12 })];
    for (const { file, tamper } of cases) {
      const layout = world.copy('store');
      tamper.act(path.join(layout.version(stagedVersion), file));
      const expected = isVital(file) || tamper.hidden !== true ? 'at once' : 'by the next launch';
      expect(await refusal(world, layout), `${file} with ${tamper.what}`).toBe(expected);
      await assertHealed(world, layout);
    }
    ran({ task }, cases.length, 'tampered files');
  });

  const extras = [
    'extra.js',
    'lib/deep/extra.js',
    'node_modules/native/extra.node',
    'node_modules/extra/index.js',
  ];
  for (const extra of extras) {
    test(`P-09: a file that nobody staged (${extra}) is found behind the start, and the next launch refuses the tree`, async () => {
      const world = await newStagedWorld();
      const layout = world.copy('store');
      const place = path.join(layout.version(stagedVersion), extra);
      mkdirSync(path.dirname(place), { recursive: true });
      writeFileSync(place, 'of somebody else');
      expect(await refusal(world, layout)).toBe('by the next launch');
      await assertHealed(world, layout);
    });
  }

  test('P-09: an extra file whose name is no text is found as well', async () => {
    const world = await newStagedWorld();
    const layout = world.copy('store');
    const name = Buffer.from([0x65, 0xff, 0xfe]);
    writeFileSync(
      Buffer.concat([Buffer.from(`${layout.version(stagedVersion)}/`), name]),
      'of somebody else',
    );
    expect(await refusal(world, layout)).toBe('by the next launch');
  });

  test('P-09: a tree that was not touched is launched, again and again', async () => {
    const world = await newStagedWorld();
    const layout = world.copy('store');
    expect(await refusal(world, layout)).toBe('never');
    expect(await world.update(layout)).toBe('alreadyStaged');
  });
});
