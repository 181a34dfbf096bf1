import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allCommands, commandsAmong } from '#src/cli/commands.js';
import { runCli, temporary } from './command-line.ts';

let cwd: string;
beforeAll(() => {
  cwd = temporary('commands');
});
afterAll(() => {
  rmSync(cwd, { recursive: true });
});

const namesOf = (commands: Awaited<ReturnType<typeof allCommands>>): string[] =>
  commands.map(({ name }) => name);

test('each command is found by its own name, and nothing else is loaded for it', async () => {
  const names = namesOf(await allCommands());
  expect(names.length).toBeGreaterThan(15);
  for (const name of names) expect(namesOf(await commandsAmong(['--json', name, 'x']))).toEqual([name]);
  expect(await commandsAmong(['--help'])).toEqual([]);
});

test('a name of a command that is the value of an option is no command', async () => {
  const { code, stderr } = await runCli(['--package', 'check', '--store', 'store', 'gc'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('help names every command, also where one is named, and a wrong word is measured against all', async () => {
  const names = namesOf(await allCommands());
  const { stdout } = await runCli(['--package', 'check', '--help'], { cwd });
  for (const name of names) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  const wrong = await runCli(['--package', 'check', 'statu'], { cwd });
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("unknown command 'statu'");
  expect(wrong.stderr).toContain('status');
});
