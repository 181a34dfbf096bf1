import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../support/folder.ts';

// How a runtime is stopped is chosen by the platform, once and for all: what is imported from here on takes this one for Windows.
const real = process.platform;
Object.defineProperty(process, 'platform', { value: 'win32' });
const { startUtility } = await import('../../support/electron/utility.ts');
const { untilPrinted, untilTold } = await import('../process/fixture.ts');

/** Elsewhere a script has the place of the system's `taskkill`. Tells whether it was asked. */
const watchTaskkill = (): (() => boolean) => {
  const folder = temporaryFolder();
  const [program, asked] = [path.join(folder, 'taskkill'), path.join(folder, 'asked')];
  if (real === 'win32') return () => false;
  writeFileSync(program, `#!/bin/sh\necho "$@" > '${asked}'\nkill -9 "$2"\n`);
  chmodSync(program, 0o755);
  const before = process.env.PATH;
  process.env.PATH = `${folder}${path.delimiter}${before}`;
  onTestFinished(() => {
    process.env.PATH = before;
  });
  return () => existsSync(asked);
};

/** Silent until it is asked; then it takes its time. */
const slow = `process.on('SIGTERM', () => process.exit(9));
process.on('message', ({ type }) => {
  if (type === 'stagedoor.shutdown') setTimeout(() => { console.log('bye'); process.exit(0); }, 300);
});
console.log('up');`;

test('P-31: on Windows a utility process is asked by message, and has all its time though it has never spoken', async () => {
  const killed = watchTaskkill();
  const child = startUtility(slow, { deadlines: { askMs: 20, graceMs: 20_000, killMs: 5000 } });
  await untilPrinted(child, /up/);
  expect(await child.stop()).toMatchObject({ code: 0, signal: null, tail: 'up\nbye' });
  expect(killed()).toBe(false);
});

test('P-31: on Windows a utility process that does not end when it is asked is ended after its time', async () => {
  const killed = watchTaskkill();
  const child = startUtility("process.on('message', () => process.send('asked')); console.log('up');", {
    deadlines: { askMs: 20, graceMs: 300, killMs: 5000 },
  });
  await untilPrinted(child, /up/);
  const asked = untilTold(child, message => message === 'asked');
  const start = performance.now();
  const stopped = child.stop();
  await asked;
  expect(await stopped).toMatchObject({ external: false });
  expect(performance.now() - start).toBeGreaterThanOrEqual(299);
  expect(killed()).toBe(real !== 'win32');
});
