import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../support/folder.ts';
import { pythonIndex } from '../../support/natives/python-index.ts';
import { fetchInto } from '../../support/natives/python-installs.ts';
import { fromFolder, onlyHere, pinOf, requestFor } from '../../support/natives/python-trees.ts';
import { ends, newest, none } from '../../support/natives/pythons.ts';
import { plain, writeWheel } from '../../support/natives/wheels.ts';

describe.skipIf(none)("N-12: the user's configuration", () => {
  test('N-12: its index counts, and where it would install does not', async () => {
    const wheels = temporaryFolder();
    const archive = writeWheel(wheels, plain('plain'));
    const index = await pythonIndex(wheels);
    const elsewhere = temporaryFolder();
    const home = temporaryFolder();
    const file = path.join(home, 'pip', 'pip.conf');
    mkdirSync(path.dirname(file));
    writeFileSync(
      file,
      `[global]\nindex-url = ${index.url}\n[install]\ntarget = ${elsewhere}\nuser = true\nno-binary = :all:\n`,
    );
    onlyHere({ XDG_CONFIG_HOME: home, PIP_PREFIX: elsewhere, PIP_ROOT: elsewhere });
    vi.stubEnv('PIP_CONFIG_FILE', undefined);
    for (const one of ends) {
      const request = await requestFor(one, [pinOf(archive)]);
      await fetchInto(request);
      expect(statSync(path.join(request.tree, 'site-packages/plain.py')).isFile()).toBe(true);
    }
    expect(index.asked).toContain('/simple/plain/');
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test("N-12: a user's own modules and start-up code are not taken part in it", async () => {
    const wheels = temporaryFolder();
    const archive = writeWheel(wheels, plain('plain'));
    fromFolder(wheels);
    const folder = temporaryFolder();
    const mark = path.join(folder, 'ran');
    mkdirSync(path.join(folder, 'pip'));
    for (const name of ['sitecustomize.py', 'usercustomize.py', 'pip/__init__.py', 'json.py'])
      writeFileSync(path.join(folder, name), `open(${JSON.stringify(mark)}, 'w').close()\n`);
    vi.stubEnv('PYTHONPATH', folder);
    vi.stubEnv('PYTHONSTARTUP', path.join(folder, 'json.py'));
    await fetchInto(await requestFor(newest, [pinOf(archive)]));
    expect(existsSync(mark)).toBe(false);
  });
});
