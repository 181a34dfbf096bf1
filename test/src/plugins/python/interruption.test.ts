import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder } from '../../../support/folder.ts';
import { abandonedWorkshops } from '../../../support/natives/abandoned-workshops.ts';
import { pythonIndex, silentIndex } from '../../../support/natives/python-index.ts';
import { workingIn } from '../../../support/natives/python-installs.ts';
import { lockWith, newestPython, pythonSteps, wheel, wish } from '../../../support/natives/python-plugins.ts';
import { fromFolder, onlyHere } from '../../../support/natives/python-trees.ts';

const { exec } = newestPython;
const lock = lockWith({ pydantic: ['2.5.0', 'pydantic'] });
const dist = path.resolve(import.meta.dirname, '../../../../dist/src');

/** Runs steps of the provider in a process of its own, which can be killed. */
const inProcess = (steps: string, temporary: string, interpreter = exec) => {
  const program = `
    import { createPythonProvider } from ${JSON.stringify(path.join(dist, 'plugins/python/provider.js'))};
    const provider = createPythonProvider({ exec: ${JSON.stringify(interpreter)} });
    const [lock, signal] = [${JSON.stringify(lock)}, new AbortController().signal];
    ${steps}`;
  const env = { ...process.env, TMPDIR: temporary };
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { env, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
};

describe.skipIf(exec === '' || process.platform !== 'linux')('in the middle of a plugin of Python', () => {
  test('K-05: an abort ends pip before it is told, and takes the temporary folder away', async () => {
    const { url, asked } = await silentIndex();
    const temporary = temporaryFolder();
    onlyHere({ PIP_INDEX_URL: url, TMPDIR: temporary });
    const controller = new AbortController();
    const resolving = pythonSteps().resolve(wish('chart'), lock, controller.signal);
    const settled = expect(resolving).rejects.toThrow('enough');
    await asked;
    expect(workingIn(temporary)).not.toEqual([]);
    controller.abort(new Error('enough'));
    await settled;
    expect(workingIn(temporary)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('K-05: when we are killed while pip resolves, it ends and takes our temporary folder away', async () => {
    const { url, asked } = await silentIndex();
    onlyHere({ PIP_INDEX_URL: url });
    const temporary = temporaryFolder();
    const child = inProcess(
      `await provider.resolve(${JSON.stringify(wish('chart'))}, lock, signal);`,
      temporary,
    );
    await asked;
    expect(readdirSync(temporary)).toHaveLength(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expect.poll(() => workingIn(temporary), { timeout: 10_000 }).toEqual([]);
    await expect.poll(() => readdirSync(temporary), { timeout: 10_000 }).toEqual([]);
  });

  test('K-05: what a resolution that was killed has left behind goes with the next one', async () => {
    const wheels = temporaryFolder();
    wheel(wheels, 'chart', '1.0');
    const { temporary, left } = abandonedWorkshops();
    onlyHere({ PIP_FIND_LINKS: wheels, PIP_NO_INDEX: '1', TMPDIR: temporary });
    expect(await pythonSteps().resolve(wish('chart'), lock)).toMatchObject({ version: '1.0' });
    expect(new Set(readdirSync(temporary))).toEqual(left);
  });

  test('K-05: before an interpreter has said which pip it has, there is nothing that could be left', async () => {
    const [folder, temporary] = [temporaryFolder(), temporaryFolder()];
    const [told, asking] = ['told', 'asking'].map(name => path.join(folder, name));
    writeFileSync(asking ?? '', `#!/bin/sh\nls ${temporary} > ${told}\nexit 3\n`, { mode: 0o755 });
    onlyHere({ TMPDIR: temporary });
    expect(await pythonSteps(asking).failure(wish('chart'), lock)).toMatchObject({
      code: 'NATIVE_ABI_MISMATCH',
    });
    expect(readFileSync(told ?? '', 'utf8')).toBe('');
  });

  test('K-05: when we are killed while the report is read, that ends, too, and takes our temporary folder away', async () => {
    const wheels = temporaryFolder();
    fromFolder(wheels);
    wheel(wheels, 'chart', '1.0');
    const [folder, temporary] = [temporaryFolder(), temporaryFolder()];
    const [reached, slow] = ['reached', 'slow'].map(name => path.join(folder, name));
    const hang = `rm "$STAGEDOOR_QUESTION"; mkfifo "$STAGEDOOR_QUESTION"; : > ${reached}`;
    const script = `#!/bin/sh\nif [ -n "$STAGEDOOR_QUESTION" ]; then ${hang}; fi\nexec ${exec} "$@"\n`;
    writeFileSync(slow ?? '', script, { mode: 0o755 });
    const child = inProcess(
      `await provider.resolve(${JSON.stringify(wish('chart'))}, lock, signal);`,
      temporary,
      slow,
    );
    await expect.poll(() => existsSync(reached ?? ''), { timeout: 30_000 }).toBe(true);
    expect(readdirSync(temporary)).toHaveLength(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expect.poll(() => workingIn(temporary), { timeout: 10_000 }).toEqual([]);
    await expect.poll(() => readdirSync(temporary), { timeout: 10_000 }).toEqual([]);
  });

  test('K-05: when we are killed while packages come, what is left lies in the scratch folder alone', async () => {
    const wheels = temporaryFolder();
    const { hash } = wheel(wheels, 'chart', '1.0');
    let reached = (): void => undefined;
    const asked = new Promise<void>(resolve => {
      reached = resolve;
    });
    const { url } = await pythonIndex(wheels, {
      mischief: address => {
        if (address.startsWith('/files/')) reached();
        return address.startsWith('/files/');
      },
    });
    onlyHere({ PIP_INDEX_URL: url });
    const [temporary, store] = [temporaryFolder(), temporaryFolder()];
    const folder = path.join(store, 'scratch');
    mkdirSync(folder);
    const packages = [{ name: 'chart', version: '1.0', integrity: hash, place: 'site-packages' }];
    const folders = { folder, tree: path.join(folder, 'tree') };
    const given = [packages, folders].map(value => JSON.stringify(value)).join(', ');
    const child = inProcess(`await provider.download(${given}, signal, () => undefined);`, temporary);
    await asked;
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expect.poll(() => workingIn(folder), { timeout: 10_000 }).toEqual([]);
    expect(readdirSync(store)).toEqual(['scratch']);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('P-24: an index that refuses or can not be reached is told apart, and no password is repeated', async () => {
    const { url } = await pythonIndex(temporaryFolder(), {
      mischief: (_, response) => {
        response.writeHead(403).end();
        return true;
      },
    });
    const secret = url.replace('://', '://user:geheim@');
    onlyHere({ PIP_INDEX_URL: secret, PIP_RETRIES: '0' });
    const refused = await pythonSteps().failure(wish('chart'), lock);
    expect(refused).toMatchObject({ code: 'REGISTRY_REFUSED' });
    vi.stubEnv('PIP_INDEX_URL', 'http://127.0.0.1:9/simple');
    const unreachable = await pythonSteps().failure(wish('chart'), lock);
    expect(unreachable).toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
    expect(`${String(refused)}${String(unreachable)}`).not.toMatch(/geheim|127\.0/);
  });
});
