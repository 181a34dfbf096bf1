import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createLaunchEffects } from '#src/launching/effects.js';
import { launchSetup } from '#src/launching/setup.js';
import { stagingInProcess } from '#src/staging/effects.js';
import { openJournal } from '#src/store/journal.js';
import { storeLayout } from '#src/store/layout.js';
import { verifyTrees } from '#src/upkeep/verify.js';
import { newWorld, packageName, runtime } from '../src/staging/staging-world.ts';
import { bundle } from '../support/app-world.ts';
import { temporaryFolder } from '../support/folder.ts';
import { caseBlind } from '../support/mounts/case-blind.ts';

test('P-14: a disk that keeps the case of names and does not tell them by it holds one folder for two spellings, and launches the pointed one', async () => {
  const dir = temporaryFolder();
  const disk = caseBlind(dir);
  mkdirSync(path.join(dir, 'Store'));
  const bundled = bundle(path.join(dir, 'bundled'), '1.0.0');
  const world = await newWorld({ store: path.join(dir, 'Store') }, options =>
    stagingInProcess(options, disk),
  );
  world.registry.publish(runtime('1.1.0-RC.1'));
  expect(await world.stage()).toMatchObject({ version: '1.1.0-RC.1' });
  world.registry.publish(runtime('1.1.0-rc.1'));
  expect(await world.stage()).toMatchObject({ version: '1.1.0-rc.1' });
  expect(await world.check()).toEqual({ kind: 'alreadyStaged', version: '1.1.0-rc.1' });

  const layout = storeLayout(path.join(dir, 'STORE'));
  expect(readdirSync(path.join(dir, 'Store', 'versions'))).toEqual(['1.1.0-rc.1']);
  expect(await verifyTrees(disk, layout)).toMatchObject({
    outcome: 'ok',
    trees: [{ version: '1.1.0-rc.1' }],
  });
  const setup = launchSetup({ package: packageName, bundled, store: layout.root }, disk);
  const effects = createLaunchEffects(setup, openJournal(disk, layout));
  const { candidates } = await effects.resolve({ exclude: [] });
  expect(candidates.map(({ version }) => version)).toEqual(['1.1.0-rc.1', '1.0.0']);
  const [candidate] = candidates;
  if (candidate !== undefined) await effects.checkTree(candidate);
  expect(readdirSync(dir).sort()).toEqual(['Store', 'bundled']);
});
