import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ownAbi } from '#src/natives/own-abi.js';
import { parseIdentity, takeIdentity } from '#src/store/attempt-identity.js';
import { openAttempt, pruneAttempts, readAttempt, resolveAttempt } from '#src/store/attempts.js';
import { pythonAnswer } from '../../support/natives/fake-runtime.ts';
import { freshStore, fs } from './fresh-store.ts';

const subject = { version: '1.1.0', role: 'override', tree: 'b'.repeat(64) } as const;
const writer = fileURLToPath(new URL('../../../dist/src/child/identity.cjs', import.meta.url));

/** As a child writes it. */
const answer = { ...ownAbi(), uv: process.versions.uv };

const written = (file: string, ...more: readonly string[]): string =>
  execFileSync(process.execPath, ['--require', writer, '-p', ...more], {
    env: { STAGEDOOR_IDENTITY: file },
    encoding: 'utf8',
  });

const newAttempt = async () => {
  const layout = freshStore();
  const { id } = await openAttempt(fs, layout, subject);
  return { layout, id, file: layout.identity(id) };
};

test('N-10: what the writer writes is what the reader reads, once; the file is gone and the record keeps it', async () => {
  const { layout, id, file } = await newAttempt();
  expect(written(file, '[process.env.STAGEDOOR_IDENTITY, process.execArgv[0]].join(" ")').trim()).toBe('-p');
  await resolveAttempt(fs, layout, id, 'ready');
  const identity = { abi: ownAbi(), problem: null };
  expect(readAttempt(fs, layout, id)?.identity).toEqual(identity);
  expect(existsSync(file)).toBe(false);
  writeFileSync(file, '{}');
  await resolveAttempt(fs, layout, id, 'stopped');
  expect(readAttempt(fs, layout, id)?.identity).toEqual(identity);
});

test('N-10: a second process does not overwrite what the first has written', async () => {
  const { file } = await newAttempt();
  writeFileSync(file, 'first');
  written(file, '1');
  expect(readFileSync(file, 'utf8')).toBe('first');
});

test('N-10: garbage, a huge file, a link, a folder and a device are no identity, and all go', async () => {
  const good = JSON.stringify({ ...answer, problem: null });
  const { layout: at, id: one, file: there } = await newAttempt();
  writeFileSync(there, good);
  expect(takeIdentity(fs, at, one)).toEqual({ abi: ownAbi(), problem: null });
  const hostile: Readonly<Record<string, (file: string) => void>> = {
    garbage: file => writeFileSync(file, '\0{'),
    empty: file => writeFileSync(file, ''),
    list: file => writeFileSync(file, '[1]'),
    'a strange name': file => writeFileSync(file, good.replace(`"${process.arch}"`, '"../../x"')),
    'no kind': file => writeFileSync(file, good.replace('"node",', '"ruby",')),
    huge: file => writeFileSync(file, good + ' '.repeat(5000)),
    folder: file => mkdirSync(path.join(file, 'deep'), { recursive: true }),
    link: file => {
      writeFileSync(`${file}.target`, good);
      symlinkSync(`${file}.target`, file);
    },
    fifo: file => void execFileSync('mkfifo', [file]),
  };
  for (const [what, make] of Object.entries(hostile)) {
    const { layout, id, file } = await newAttempt();
    make(file);
    expect([what, takeIdentity(fs, layout, id)]).toEqual([what, null]);
    expect([what, fs.lstatSync(file, { throwIfNoEntry: false })]).toEqual([what, undefined]);
    if (what === 'link') expect(readFileSync(`${file}.target`, 'utf8')).toBe(good);
  }
});

test('N-10: a problem is one short line', async () => {
  const { layout, id, file } = await newAttempt();
  writeFileSync(file, JSON.stringify({ ...answer, problem: `a\nb${'c'.repeat(2000)}` }));
  const { problem } = takeIdentity(fs, layout, id) ?? {};
  expect(problem).toMatch(/^a b?c/);
  expect(problem?.length).toBeLessThanOrEqual(300);
});

test('P-16: a problem tells no place, quoted or not, in a record either', async () => {
  const { layout, id, file } = await newAttempt();
  const problem = "ENOENT: open '/Applications/My App.app/n/package.json', /opt/app/bundle/x.js";
  writeFileSync(file, JSON.stringify({ ...answer, problem }));
  const told = "ENOENT: open 'package.json', x.js";
  expect(takeIdentity(fs, layout, id)?.problem).toBe(told);
  expect(parseIdentity({ abi: ownAbi(), problem })?.problem).toBe(told);
});

test('N-10: records of older versions have none, and what a newer one adds does no harm', async () => {
  const { layout, id } = await newAttempt();
  const record = JSON.parse(readFileSync(layout.attempt(id), 'utf8')) as Readonly<Record<string, unknown>>;
  const { identity: _, ...older } = record;
  writeFileSync(layout.attempt(id), JSON.stringify(older));
  expect(readAttempt(fs, layout, id)).toMatchObject({ id, identity: null });
  const abi = { ...ownAbi(), later: [1] };
  writeFileSync(
    layout.attempt(id),
    JSON.stringify({ ...record, identity: { abi, problem: null, later: {} }, more: 1 }),
  );
  expect(readAttempt(fs, layout, id)?.identity).toEqual({ abi: ownAbi(), problem: null });
});

test('N-10: a Python goes through a record and back', async () => {
  const { layout, id, file } = await newAttempt();
  writeFileSync(file, JSON.stringify({ kind: 'python', ...(pythonAnswer as object), problem: null }));
  const identity = takeIdentity(fs, layout, id);
  expect(identity).toMatchObject({ abi: { kind: 'python' } });
  expect(parseIdentity(JSON.parse(JSON.stringify(identity)))).toEqual(identity);
});

test('N-10: what is left of a shell that died is swept with the attempts', async () => {
  const { layout, id, file } = await newAttempt();
  await resolveAttempt(fs, layout, id, 'ready');
  writeFileSync(file, '{}');
  writeFileSync(path.join(layout.attempts, 'Odd name.identity'), '{}');
  await pruneAttempts(fs, layout);
  expect(fs.readdirSync(layout.attempts)).toEqual([`${id}.json`]);
});
