import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { json, runCli, temporary } from './command-line.ts';

let cwd: string;
beforeAll(() => {
  cwd = temporary('usage');
});
afterAll(() => {
  rmSync(cwd, { recursive: true });
});

describe('wrong usage ends with 2, one line and a hint, and an empty standard output', () => {
  test.each([
    [[], 'a command is missing'],
    [['chek'], "unknown command 'chek'"],
    [['check', '--packge', 'x'], "unknown option '--packge'"],
    [['--nonsense'], "unknown option '--nonsense'"],
    [['check', 'extra'], "too many arguments for 'check'. Expected 0 arguments but got 1."],
    [['check', '--package'], "option '--package <name>' argument missing"],
    [['check'], '--package is required here'],
    [['pin', '--store', 's'], "missing required argument 'version'"],
    [['pin', 'newest', '--store', 's'], '"newest" is not a version'],
    [
      ['check', '--package', 'x', '--probe-timeout', 'soon'],
      '--probe-timeout must be a number of milliseconds, not "soon"',
    ],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await runCli(args, { cwd });
    const [first, hint, ...rest] = stderr.split('\n');
    expect({ code, stdout, first }).toEqual({ code: 2, stdout: '', first: `stagedoor: ${message}` });
    expect(hint).not.toBe('');
    expect(rest).toEqual(['']);
  });

  test('with --json it is an error object, wherever the flag stands', async () => {
    for (const args of [
      ['--json', 'chek'],
      ['chek', '--json'],
    ]) {
      const ended = await runCli(args, { cwd });
      expect(ended).toMatchObject({ code: 2, stderr: '' });
      expect(json(ended)).toEqual({
        error: {
          code: 'USAGE',
          blame: 'caller',
          message: "unknown command 'chek'",
          hint: 'Did you mean check?',
        },
      });
    }
  });

  test('a wrong key in the config file names file and key', async () => {
    const folder = temporary('config');
    writeFileSync(path.join(folder, 'stagedoor.config.json'), '{"chanel": "next"}');
    const { code, stderr } = await runCli(['status'], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('stagedoor: stagedoor.config.json: unknown key "chanel"\n');
    rmSync(folder, { recursive: true });
  });
});

describe('help', () => {
  test('--help names every command and shows examples, with exit code 0', async () => {
    const { code, stdout, stderr } = await runCli(['--help'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const commands =
      'check update run status explain rollback pin unpin forgive verify gc doctor abi natives bundle visualize replay';
    for (const name of commands.split(' ')) expect(stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'));
    expect(stdout).toContain('Examples:');
  });

  test('a command explains itself together with the shared options', async () => {
    const { code, stdout } = await runCli(['run', '--help'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: stagedoor run');
    expect(stdout).toContain('--probe <spec>');
  });

  test('--version is the version of the package', async () => {
    const { code, stdout } = await runCli(['--version'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  });
});
