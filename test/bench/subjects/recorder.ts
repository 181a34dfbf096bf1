import path from 'node:path';
import type { ChartStep } from '#src/chart-watch.js';
import { createStagedoor } from '#src/create-stagedoor.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { readJournal } from '#src/store/journal.js';
import { storeLayout } from '#src/store/layout.js';
import { openRecorder } from '#src/store/recorder.js';
import type { UpdateInput } from '../rows/update.ts';
import { subject, warm } from './subject.ts';

type Line = ReturnType<typeof readJournal>[number];

const toStep = ({ by, state, version }: Line): ChartStep => ({
  chart: 'update',
  by: String(by),
  state: String(state),
  moved: true,
  version: typeof version === 'string' ? version : null,
});

/** One `update()` of ours, then its steps once more through a recorder of their own. */
await subject(async ({ name: packageName, registry, folder, bundled }: UpdateInput) => {
  const layoutOf = (store: string) => storeLayout(path.join(folder, store));
  const store = layoutOf('store');
  const stagedoor = createStagedoor({ package: packageName, registry, store: store.root, bundled });
  await stagedoor.check();
  const before = readJournal(fs, store, 10_000).length;
  await warm();
  const begun = performance.now();
  const { outcome } = await stagedoor.update();
  const ms = performance.now() - begun;
  if (outcome !== 'staged') throw new Error(`the update ended as ${outcome}`);
  const steps = readJournal(fs, store, 10_000)
    .slice(before)
    .filter(({ event }) => event === 'chart.step')
    .map(toStep);
  const recorder = openRecorder(fs, layoutOf('again'), { packageName });
  recorder.append({ event: 'the folder is there' });
  const recording = performance.now();
  for (const step of steps) {
    recorder.step(step);
    await Promise.resolve();
  }
  const recorderMs = performance.now() - recording;
  await stagedoor.stop();
  return { ms, recorderMs, steps: steps.length };
});
