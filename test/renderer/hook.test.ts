import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { StagedoorBridge, UiState } from '#src/electron/bridge.js';
import { storeOf } from '#src/renderer/react/store.js';
import { failureParts, type UseStagedoor, useStagedoor } from '#src/renderer/react.js';
import { violations } from '../viewer/support/axe.ts';
import { describeInBrowser, soon } from '../viewer/support/browser.ts';
import { quiet } from './support/main-process.ts';
import { states } from './support/states.ts';
import { openWindow } from './support/window.ts';

/** A bridge as far as a store needs it. */
const bridgeWithListeners = () => {
  const listeners: ((state: UiState) => void)[] = [];
  const on = (_name: string, listener: (state: UiState) => void) => {
    listeners.push(listener);
    return () => {
      listeners.splice(listeners.indexOf(listener), 1);
    };
  };
  return { listeners, bridge: { on } as unknown as StagedoorBridge };
};

test('the components of a page share one subscription, which goes with the last of them', () => {
  const { bridge, listeners } = bridgeWithListeners();
  const told: string[] = [];
  const same = (): void => void told.push('changed');
  const detach = [storeOf(bridge).subscribe(same), storeOf(bridge).subscribe(same)];
  expect(listeners.length).toBe(1);
  listeners[0]?.(quiet);
  expect(told.length).toBe(2);
  expect(storeOf(bridge).snapshot()).toBe(quiet);
  detach[0]?.();
  detach[0]?.();
  expect(listeners.length).toBe(1);
  detach[1]?.();
  expect(listeners.length).toBe(0);
  storeOf(bridge).subscribe(same);
  expect(listeners.length).toBe(1);
});

const seen: UseStagedoor[] = [];

const Page = () => {
  const stagedoor = useStagedoor();
  seen.push(stagedoor);
  return createElement('p', null, String(stagedoor.state), String(stagedoor.has('staged')));
};

test('on a server there is no state, and an order says that there is no bridge', async () => {
  expect(renderToString(createElement(Page))).toContain('null');
  expect(await seen[0]?.check().catch(failureParts)).toMatchObject({ code: 'REFUSED' });
});

test.each([
  ['STORE_BUSY: another process has it', { code: 'STORE_BUSY', message: 'another process has it' }],
  ['TypeError: on: name must be', { code: 'TypeError', message: 'on: name must be' }],
  ['INTERNAL: two\nlines', { code: 'INTERNAL', message: 'two\nlines' }],
  ['Nothing: of that kind', { code: null, message: 'Nothing: of that kind' }],
  ['', { code: null, message: '' }],
])('P-39: the code of %j is found', (message, parts) => {
  expect(failureParts(new Error(message))).toEqual(parts);
});

describeInBrowser('the hook in a page', () => {
  test('shows what is the case in each component, in strict mode, over the shipped preload', async () => {
    const { page, main } = await openWindow({ script: 'pages/hook.ts' });
    const outputs = () => page.locator('output').allTextContents();
    await soon(outputs).toEqual(['nothing', 'nothing']);
    await soon(() => main.orders()).toEqual([{ verb: 'status' }]);
    await main.tell(states.staged);
    await soon(outputs).toEqual(['1.2.0 is ready', '1.2.0 is ready']);
    await page.getByRole('button', { name: 'more' }).click();
    await soon(outputs).toEqual(['1.2.0 is ready', '1.2.0 is ready', '1.2.0 is ready']);
    for (let times = 0; times < 3; times += 1) await page.getByRole('button', { name: 'less' }).click();
    await soon(outputs).toEqual([]);
    await main.tell({ ...quiet, seq: 9 });
    await page.getByRole('button', { name: 'more' }).click();
    await soon(outputs).toEqual(['nothing']);
    expect(await violations(page)).toEqual([]);
  });

  test('gives the orders, and a failed one rejects with its code', async () => {
    const { page, main } = await openWindow({ script: 'pages/hook.ts' });
    const press = async (name: string): Promise<unknown> => {
      await page.getByRole('button', { name, exact: true }).click();
      await soon(() => page.locator('p').textContent()).toMatch(new RegExp(`^${name}`));
      return main.orders().at(-1);
    };
    expect(await press('check')).toEqual({ verb: 'check' });
    expect(await press('restart')).toEqual({ verb: 'restartToApply', when: 'now' });
    expect(await press('hold')).toEqual({ verb: 'hold' });
    expect(await press('release')).toEqual({ verb: 'release' });
    expect(await press('explain')).toEqual({ verb: 'explain' });
    main.answer(() => ({ ok: false, error: { code: 'STORE_BUSY', message: 'later' } }));
    await press('check');
    await soon(() => page.locator('p').textContent()).toBe('check failed: STORE_BUSY');
  });
});
