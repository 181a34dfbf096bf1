import path from 'node:path';
import { expect, test } from 'vitest';
import { pythonHeaders } from '../../support/natives/addons.ts';
import { interpreters } from '../../support/natives/interpreters.ts';
import { compiledWheel } from '../../support/natives/python-trees.ts';
import { json } from './command-line.ts';
import { makeNativesWorld } from './natives-world.ts';

const python = interpreters().find(
  ({ exec }) => !exec.startsWith('/usr/bin') && pythonHeaders(exec) !== null,
);
if (python === undefined)
  console.log('skipped: natives of a Python, because none with headers is found here');
const { exec, version } = python ?? { exec: '', version: '' };

test.skipIf(python === undefined)(
  'N-12: for a Python, pins come from its own pip, and what they say is installed once',
  async () => {
    const world = await makeNativesWorld();
    const folder = path.join(world.dir, 'wheels');
    const { hash } = await compiledWheel(folder, { exec, version }, { name: 'stagey' });
    const env = { PIP_FIND_LINKS: folder, PIP_NO_INDEX: '1' };
    const asked = (...args: readonly string[]) => world.run([...args, '--exec', exec], env);
    const { install } = Object(json(await asked('natives', 'pin', 'stagey==1.0', '--json')));
    expect(install).toEqual({ 'stagey@1.0': hash });
    world.config({ native: [{ name: 'stagey', install }] });
    const first = await asked('natives', 'ensure');
    expect(first.stderr).toMatch(/^stagedoor: installing stagey for \S+-cpython-\S+: once for this ABI\n$/);
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining(' is installed.\n') });
    const again = json(await asked('natives', 'ensure', '--json'));
    expect(again).toMatchObject({ outcome: 'cached', places: [{ name: 'stagey', from: 'tree' }] });
    const { stdout } = await asked('doctor');
    expect(stdout).toMatch(/^executable +ok {2}CPython /m);
    expect(stdout).toMatch(/^native:stagey +ok {2}.*; its tree for \S+ is there and is used$/m);
    await world.close();
  },
);

test.skipIf(python === undefined)(
  'N-12: what does not come is told, also where it is left to the runtime to load what there is',
  async () => {
    const world = await makeNativesWorld();
    const install = { 'stagey@1.0': `sha256:${'0'.repeat(64)}` };
    world.config({ native: [{ name: 'stagey', install }] });
    const env = { PIP_FIND_LINKS: world.dir, PIP_NO_INDEX: '1' };
    const ended = await world.run(['natives', 'ensure', '--exec', exec, '--json'], env);
    expect(ended.code).toBe(0);
    expect(json(ended)).toMatchObject({
      outcome: 'unavailable',
      error: null,
      fault: {
        code: 'NATIVE_ABI_MISMATCH',
        message: expect.stringContaining('no archive of a pinned package'),
      },
    });
    const { stderr } = await world.run(['natives', 'ensure', '--exec', exec], env);
    expect(stderr).toMatch(/^stagedoor: nothing was installed: NATIVE_ABI_MISMATCH: [^\n]+\n$/m);
    await world.close();
  },
);

test('N-12: a package of Python is asked of an interpreter, and of nobody else', async () => {
  const world = await makeNativesWorld();
  expect(await world.run(['natives', 'pin', 'stagey==1.0'])).toEqual({
    code: 2,
    stdout: '',
    stderr: `stagedoor: "stagey==1.0" is a package of Python, and ${process.execPath} is none\nName the interpreter with --exec.\n`,
  });
  await world.close();
});
