import { expect, test } from 'vitest';
import type { StagedoorBridge } from '#src/electron/bridge.js';
import { describeAtLength, soon } from '../viewer/support/browser.ts';
import { openListening } from './support/listening-window.ts';
import { quiet } from './support/main-process.ts';
import { openWindow } from './support/window.ts';

/** In the page. */
declare const stagedoor: StagedoorBridge;

const staged = { ...quiet, seq: 2, tags: ['running', 'staged'], staged: { version: '1.2.0' } } as const;
const rolledBack = { version: '1.2.0', running: '1.0.0', reason: 'it ended before it was ready' };

describeAtLength('what a page is told', () => {
  test('L-09: a listener is told what is known at once, before the subscription is given back', async () => {
    const { page, main } = await openWindow();
    await main.tell({ ...staged, tags: ['staged', 'rolled-back'], rolledBack });
    const told = await page.evaluate(() => {
      const seen: unknown[] = [];
      for (const name of ['state', 'update-staged', 'rolled-back'] as const)
        stagedoor.on(name, () => seen.push(name));
      return seen;
    });
    expect(told).toEqual(['state', 'update-staged', 'rolled-back']);
    expect(main.received).toEqual([]);
  });

  test('L-09: a page that knows nothing yet asks once, also after a reload', async () => {
    const { page, main } = await openListening();
    expect(main.orders()).toEqual([{ verb: 'status' }]);
    await page.reload();
    await page.evaluate(() => {
      window.told = [];
      for (let times = 0; times < 3; times += 1) stagedoor.on('state', state => window.told.push(state));
    });
    await soon(() => page.evaluate(() => window.told.length)).toBe(3);
    expect(main.orders()).toEqual([{ verb: 'status' }, { verb: 'status' }]);
  });

  test('a state that is older than one that was seen has no effect, pushed or answered', async () => {
    const { page, main, told } = await openListening();
    await main.tell({ ...quiet, seq: 7 });
    for (const seq of [6, 0, -1, 7]) await main.tell({ ...staged, seq });
    expect(await told()).toEqual([['state', { ...quiet, seq: 7 }]]);
    main.answer(() => ({ ok: true, value: { ...staged, seq: 3 } }));
    expect(await page.evaluate(() => stagedoor.status())).toEqual({ ...quiet, seq: 7 });
    expect(await told()).toEqual([]);
  });

  test('L-09: what was staged and what was rolled back is told once each', async () => {
    const { main, told } = await openListening();
    await main.tell(staged);
    await main.tell({ ...staged, seq: 3, tags: ['staged', 'checking'] });
    await main.tell({ ...quiet, seq: 4, tags: ['rolled-back'], rolledBack });
    await main.tell({ ...quiet, seq: 5, tags: ['rolled-back', 'held'], rolledBack });
    await main.tell({ ...staged, seq: 6, staged: { version: '1.2.1' } });
    const events = (await told()).filter(([name]) => name !== 'state');
    expect(events).toEqual([
      ['update-staged', { version: '1.2.0' }],
      ['rolled-back', rolledBack],
      ['update-staged', { version: '1.2.1' }],
    ]);
  });

  test('L-09: detaching takes off that listener alone, once, even where the same function listens twice', async () => {
    const { page, main } = await openWindow();
    await main.tell(quiet);
    await page.evaluate(() => {
      window.told = [];
      const same = (): void => void window.told.push('same');
      const { on } = stagedoor;
      window.detach = [on('state', same), on('state', same), on('state', () => window.told.push('other'))];
      window.told.length = 0;
    });
    const after = async (seq: number, detached: number): Promise<unknown[]> => {
      await page.evaluate(at => window.detach[at]?.(), detached);
      await main.tell({ ...quiet, seq });
      return page.evaluate(() => window.told.splice(0));
    };
    expect(await after(2, 0)).toEqual(['same', 'other']);
    expect(await after(3, 0)).toEqual(['same', 'other']);
    expect(await after(4, 2)).toEqual(['same']);
    expect(await after(5, 1)).toEqual([]);
  });

  test('a listener that throws takes nothing from the others, and its error stays its own', async () => {
    const { page, main, complaints } = await openWindow();
    await main.tell(quiet);
    await page.evaluate(() => {
      window.told = [];
      const { on } = stagedoor;
      on('state', () => {
        throw new Error('a defect of the page');
      });
      on('state', (...all: unknown[]) => window.told.push(all));
    });
    await main.tell({ ...quiet, seq: 2 });
    expect(await page.evaluate(() => window.told)).toEqual([[quiet], [{ ...quiet, seq: 2 }]]);
    await soon(() => complaints.length).toBe(2);
    expect(complaints.splice(0).join()).toMatch(/a defect of the page/);
  });
});
