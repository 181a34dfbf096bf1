import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { ChartStep } from '#src/chart-watch.js';
import { readJournal } from '#src/store/journal.js';
import { openRecorder } from '#src/store/recorder.js';
import { interceptFileSystem } from '#src/testing/index.js';
import { freshStore, fs } from './fresh-store.ts';

const step = (by: string, moved = true): ChartStep => ({
  chart: 'update',
  by,
  state: 'working.checking',
  moved,
  version: null,
});

const packageName = 'app-runtime';
const settled = (): Promise<void> => Promise.resolve();

test('P-39: a recorder begins with what this process is, and writes nothing before it has begun', async () => {
  const layout = freshStore();
  const recorder = openRecorder(fs, layout, { packageName });
  recorder.step(step('xstate.init'));
  await settled();
  expect(existsSync(layout.journal)).toBe(false);
  recorder.begin();
  recorder.begin();
  await settled();
  const lines = readJournal(fs, layout, 1000);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
  expect(lines).toMatchObject([
    {
      schema: 1,
      seq: 1,
      event: 'process.began',
      stagedoor: version,
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      package: packageName,
    },
    { schema: 1, seq: 2, event: 'chart.step', chart: 'update', by: 'xstate.init', state: 'working.checking' },
  ]);
  expect(lines[0]?.run).toBe(lines[1]?.run);
  expect(String(lines[0]?.at) <= String(lines[1]?.at)).toBe(true);
});

test('P-39: the steps of one moment cost one write, and stand before the fact that follows them', async () => {
  const layout = freshStore();
  let writes = 0;
  const counting = interceptFileSystem(fs, ({ call }, proceed) => {
    if (call === 'write') writes += 1;
    return proceed();
  });
  const recorder = openRecorder(counting, layout, { packageName });
  recorder.begin();
  recorder.step(step('one'));
  recorder.step(step('two'));
  recorder.append({ event: 'a fact' });
  recorder.step(step('three'));
  recorder.step(step('four'));
  await settled();
  const names = readJournal(fs, layout, 1000).map(({ by, event }) => by ?? event);
  expect(names).toEqual(['process.began', 'one', 'two', 'a fact', 'three', 'four']);
  expect(writes).toBe(2);
});

test('P-39: what a process has not written yet is written when it exits in the same moment', async () => {
  const layout = freshStore();
  const program = fileURLToPath(new URL('../../../dist/test/src/store/recorder-exit.js', import.meta.url));
  await promisify(execFile)(process.execPath, [program, layout.root]);
  expect(readJournal(fs, layout, 1000).map(({ by, event }) => by ?? event)).toEqual([
    'process.began',
    'the last one',
  ]);
  expect(process.listenerCount('exit')).toBeLessThan(5);
});

test('P-13: a recorder is bounded, and running work that moves no chart does not fill it', async () => {
  const layout = freshStore();
  const recorder = openRecorder(fs, layout, { packageName, maxBytes: 4000 });
  recorder.begin();
  for (let turn = 0; turn < 200; turn += 1) {
    recorder.step(step('lease.taken', false));
    recorder.step(step(`step ${turn}`));
    recorder.step(step('lease.ended', false));
    await settled();
  }
  expect(statSync(layout.journal).size + statSync(layout.olderJournal).size).toBeLessThanOrEqual(8000);
  const kept = readJournal(fs, layout, 1000).map(({ by }) => String(by));
  expect(kept.at(-1)).toBe('step 199');
  expect(kept.filter(by => by.startsWith('lease.'))).toEqual([]);
});

test('S-02: two runs in one process, and one that writes into a line that was cut, stay apart', async () => {
  const layout = freshStore();
  const [first, second] = [
    openRecorder(fs, layout, { packageName }),
    openRecorder(fs, layout, { packageName }),
  ];
  first.append({ event: 'a' });
  second.append({ event: 'b' });
  fs.appendFileSync(layout.journal, '{"schema":1,"event":"cut');
  first.step(step('after the cut'));
  await settled();
  const lines = readJournal(fs, layout, 1000);
  expect(lines.map(({ by, event }) => by ?? event)).toEqual([
    'process.began',
    'a',
    'process.began',
    'b',
    'after the cut',
  ]);
  const [runs, others] = [
    lines.filter(({ run }) => run === lines[0]?.run),
    lines.filter(({ run }) => run === lines[2]?.run),
  ];
  expect([runs.length, others.length]).toEqual([3, 2]);
});

test('P-24: names of steps are cleaned like everything else', async () => {
  const layout = freshStore();
  const recorder = openRecorder(fs, layout, { packageName });
  recorder.begin();
  recorder.step(step(`${path.join(layout.root, 'x')} _authToken=abcdef`));
  await settled();
  const text = readFileSync(layout.journal, 'utf8');
  expect(text).toContain('<store>');
  expect(text).not.toContain(layout.root);
  expect(text).not.toContain('abcdef');
});
