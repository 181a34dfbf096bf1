import { once } from 'node:events';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startViewer } from '../src/cli/viewer-process.ts';
import { makeWorld, program } from '../src/cli/world.ts';
import { describeAtLength, openViewer } from './support/browser.ts';

const posix = process.platform !== 'win32';

describeAtLength('the viewer as stagedoor serves it', () => {
  test('a real run is followed from its start to its end', async () => {
    const world = await makeWorld();
    onTestFinished(world.close);
    world.bundle(program('1.0.0'));
    const { address } = await startViewer(['visualize']);
    const { page, lit } = await openViewer('#/live', { origin: address });
    await page.getByText('Waiting for a process').waitFor();
    const run = world.start('run', '--no-updates', '--follow', address);
    const closed = once(run, 'close');
    await page.getByText(`Connected: app, process ${run.pid}`).waitFor();
    await expect.poll(() => page.locator('.window').textContent()).toContain('The app runs 1.0.0');
    await expect.poll(lit).not.toEqual([]);
    run.kill('SIGTERM');
    await closed;
    await page.getByText(`The process has ended: app, process ${run.pid}`).waitFor();
    if (posix) await expect.poll(() => page.locator('.window').textContent()).toContain('Nothing runs');
  });

  test('the journal of a bug report is replayed', async () => {
    const journal = path.resolve('test/fixtures/journals/update-and-rollback.jsonl');
    const { address } = await startViewer(['replay', journal]);
    const { page } = await openViewer('', { origin: address });
    await page.getByRole('slider', { name: 'Time' }).waitFor();
    await page.getByText('1.2.0 is marked bad').first().waitFor();
  });
});
