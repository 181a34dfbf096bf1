import { appendFileSync, readFileSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openJournal, readJournal } from '#src/store/journal.js';
import { storeLayout } from '#src/store/layout.js';
import { freshFolder, freshStore, fs, put } from './fresh-store.ts';

test('P-39: an entry says what, when and by whom, and is read back', () => {
  const layout = storeLayout(path.join(freshFolder(), 'not', 'yet'));
  const journal = openJournal(fs, layout);
  journal.append({ event: 'launch.ready', version: '1.1.0', facts: { afterMs: 5 } });
  journal.append({ event: 'launch.exited', code: 0 });
  expect(journal.lost()).toBe(0);
  expect(readJournal(fs, layout, 10)).toMatchObject([
    { schema: 1, pid: process.pid, seq: 1, event: 'launch.ready', version: '1.1.0', facts: { afterMs: 5 } },
    { seq: 2, event: 'launch.exited', code: 0 },
  ]);
  expect(readJournal(fs, layout, 1)).toMatchObject([{ seq: 2 }]);
});

test('P-13: the journal is bounded, and its newest entries are there', () => {
  const layout = freshStore();
  const journal = openJournal(fs, layout, { maxBytes: 2000 });
  for (let n = 0; n < 200; n += 1) journal.append({ event: 'tick', n });
  expect(statSync(layout.journal).size + statSync(layout.olderJournal).size).toBeLessThanOrEqual(4000);
  const entries = readJournal(fs, layout, 100);
  expect(entries.length).toBeGreaterThan(15);
  expect(entries.at(-1)).toMatchObject({ n: 199 });
  expect(entries.map(({ n }) => Number(n))).toEqual(
    entries.map((_entry, index) => 200 - entries.length + index),
  );
});

test('S-02: a line that a crash cut costs that line alone', () => {
  const layout = freshStore();
  openJournal(fs, layout).append({ event: 'first' });
  openJournal(fs, layout).append({ event: 'second' });
  truncateSync(layout.journal, statSync(layout.journal).size - 5);
  openJournal(fs, layout).append({ event: 'third' });
  appendFileSync(layout.journal, '\nnull\n[]\n');
  expect(readJournal(fs, layout, 10).map(({ event }) => event)).toEqual(['first', 'third']);
});

test('P-24: no credentials and no absolute paths are written', () => {
  const layout = freshStore();
  openJournal(fs, layout).append({
    event: 'failed',
    message: `could not open ${layout.version('1.0.0')}/dist/cli.js from "/opt/app name/x/run.js"`,
    url: 'https://user:secret@registry.example.com/some/package/-/package-1.0.0.tgz',
    windows: 'in C:\\Users\\somebody\\AppData\\run.js',
    deep: [{ token: '_authToken=abcdef' }],
  });
  const text = readFileSync(layout.journal, 'utf8');
  for (const secret of ['secret', 'abcdef', layout.root, 'somebody', '/opt/'])
    expect(text).not.toContain(secret);
  expect(text).toContain('<store>');
  expect(text).toContain('https://registry.example.com/some/package/-/package-1.0.0.tgz');
});

test.each([
  ['PATH=/usr/bin:/home/eve/bin;/opt/eve/tools|/srv/eve/x', 'PATH=…/bin:…/bin;…/tools|…/x'],
  ['cwd:/home/eve/app', 'cwd:…/app'],
  ['in {/home/eve/app}', 'in {…/app}'],
  ['\\\\server\\users\\eve\\run.js', '…/run.js'],
  ['\\\\?\\C:\\Users\\eve\\run.js', '…/C:…/run.js'],
  ['as JSON: "C:\\\\Users\\\\eve\\\\run.js"', 'as JSON: "…/run.js"'],
  ['http://127.0.0.1:3484/api/v1 and dist/a/b.js', 'http://127.0.0.1:3484/api/v1 and dist/a/b.js'],
  ['node:internal/modules/cjs/loader:1215', 'node:internal/modules/cjs/loader:1215'],
  ['{"_authToken": "eve123"}', '{"_authToken=[redacted]"}'],
  [
    'https://r.example/p.tgz?X-Amz-Signature=eve&x=1',
    'https://r.example/p.tgz?X-Amz-Signature=[redacted]&x=1',
  ],
  ['ghp_eve4567890123456789012345', '[redacted]'],
  ['npm_config_fetch_retry_mintimeout=1', 'npm_config_fetch_retry_mintimeout=1'],
])('P-24: %j is written as %j', (text, written) => {
  const layout = freshStore();
  openJournal(fs, layout).append({ event: 'x', text });
  expect(readJournal(fs, layout, 1)).toMatchObject([{ text: written }]);
});

test('P-39: a journal that can not be written is counted and stops nothing', () => {
  const layout = storeLayout(path.join(freshFolder(), 'file'));
  put(layout.root, 'a file in place of the store');
  const journal = openJournal(fs, layout);
  journal.append({ event: 'x' });
  expect(journal.lost()).toBe(1);
  expect(readJournal(fs, layout, 10)).toEqual([]);
});
