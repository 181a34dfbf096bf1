import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask } from '../viewer/viewer-client.ts';
import { json, runCli, temporary } from './command-line.ts';
import { startViewer } from './viewer-process.ts';

const recorded = readFileSync('test/fixtures/journals/update-and-rollback.jsonl', 'utf8');
const lines = recorded.trimEnd().split('\n');

let cwd: string;
beforeEach(() => {
  cwd = temporary('replay');
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const write = (name: string, text: string | Buffer): void => writeFileSync(path.join(cwd, name), text);

/** What is given to the page, and what is told on the terminal. */
const served = async (name: string) => {
  const { address, said } = await startViewer(['replay', name], { cwd });
  const { text } = await ask(address, { path: 'given' });
  return { given: JSON.parse(text) as unknown, ...said };
};

const given = (...files: readonly (readonly [name: string, text: string])[]) => ({
  journal: { files: files.map(([name, text]) => ({ name, text })) },
  live: false,
});

describe('stagedoor replay', () => {
  test('replay: a journal from a bug report is given to the page as it is', async () => {
    write('report.jsonl', recorded);
    expect(await served('report.jsonl')).toMatchObject({
      given: given(['report.jsonl', recorded]),
      stdout: expect.stringMatching(/^1 run of a process at http:/),
      stderr: '',
    });
  });

  test('replay: of a store the older file is read first', async () => {
    const [older, newer] = [`${lines.slice(0, 30).join('\n')}\n`, `${lines.slice(30).join('\n')}\n`];
    write('journal.1.jsonl', older);
    write('journal.jsonl', newer);
    expect(await served('journal.jsonl')).toMatchObject({
      given: given(['journal.1.jsonl', older], ['journal.jsonl', newer]),
      stderr: '',
    });
    rmSync(path.join(cwd, 'journal.1.jsonl'));
    mkdirSync(path.join(cwd, 'journal.1.jsonl'));
    const { given: alone, stderr } = await served('journal.jsonl');
    expect(alone).toEqual(given(['journal.jsonl', newer]));
    expect(stderr).toBe('');
  });

  test.each([
    ['empty', '', /^stagedoor: bad\.jsonl: bad\.jsonl is empty: nothing has been written down yet\n$/],
    [
      'cut',
      recorded.slice(0, 5000),
      /^stagedoor: bad\.jsonl: line \d+ is cut off in the middle and is left out\n$/,
    ],
    [
      'of a newer schema',
      `${recorded}{"schema":9,"run":"n","seq":1,"event":"of \\u001b[31mtomorrow"}\n`,
      /^stagedoor: bad\.jsonl: line \d+ was written by a newer stagedoor \(schema 9, this one knows 1\)[^\n]*\n$/,
    ],
    [
      'no journal at all',
      'Dear all,\nit does not start.\n',
      /^stagedoor: bad\.jsonl: lines 1 to 2 are not JSON and are left out\n$/,
    ],
  ])(
    'replay: one that is %s is served as far as it goes, and the terminal says what is wrong',
    async (_, text, message) => {
      write('bad.jsonl', text);
      const { given: all, stdout, stderr } = await served('bad.jsonl');
      expect(all).toEqual(given(['bad.jsonl', text]));
      expect(stdout).toMatch(/^(?:\d runs?|nothing that can be shown) of a process at http:/);
      expect(stderr).toMatch(message);
    },
  );

  test('replay: what can’t be read at all is one line and a hint', async () => {
    mkdirSync(path.join(cwd, 'folder'));
    write('huge.jsonl', Buffer.alloc((16 << 20) + 1));
    for (const [name, message] of [
      ['nowhere.jsonl', 'nowhere.jsonl is not there'],
      ['folder', "folder can't be replayed: it is not a regular file"],
      ['huge.jsonl', "huge.jsonl can't be replayed: it has 16777217 bytes, more than 16777216"],
    ] as const) {
      const { code, stdout, stderr } = await runCli(['replay', name], { cwd });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toBe(`stagedoor: ${message}\nName a journal.jsonl of a store, or a copy of one.\n`);
      const asJson = await runCli(['replay', name, '--json'], { cwd });
      expect(json(asJson)).toMatchObject({ error: { code: 'USAGE', blame: 'caller', message } });
    }
    expect(await runCli(['replay'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("missing required argument 'file'"),
    });
  });

  test('replay: --print tells it where no browser is, with --json as films', async () => {
    write('report.jsonl', `${recorded}{"event":"evil","text":"\\u001b[2Jgone"}\nrubbish\n`);
    const printed = await runCli(['replay', 'report.jsonl', '--print'], { cwd });
    expect(printed.code).toBe(0);
    expect(printed.stdout).toMatch(/It ended before it was ready\. 1\.2\.0 ended with code 1/);
    expect(printed.stdout).toContain('launch fallback (runtime.exited)');
    expect(printed.stdout).not.toContain('\u001b');
    expect(printed.stderr).toMatch(/^stagedoor: report\.jsonl: line 73 is not JSON and is left out\n$/);
    const films = await runCli(['replay', 'report.jsonl', '--print', '--json'], { cwd });
    expect(films).toMatchObject({ code: 0, stderr: '' });
    expect(json(films)).toMatchObject({
      outcome: 'ok',
      films: [{ schema: 1, frames: expect.any(Array) }, {}],
      problems: [{ file: 'report.jsonl', line: 73 }],
    });
  });
});
