import { describe, expect, test } from 'vitest';
import { explainText } from '#src/cli/explain-text.js';
import { historyText } from '#src/cli/history-text.js';
import { outcomeText } from '#src/cli/outcome-text.js';
import { styleFor } from '#src/cli/style.js';

const plain = styleFor({ write: () => true }, {});
const mark = {
  version: '1.2.0',
  integrity: null,
  platform: 'linux-x64',
  abi: '115',
  shellVersion: '1.0.0',
  cause: 'LAUNCH_EXITED_EARLY',
  reason: '1.2.0 ended with code 1 before it was ready:\n  Error: boom',
  strikes: 2,
  attempt: null,
  firstSeen: '2026-01-31T09:05:00.000Z',
  lastSeen: '2026-01-31T09:05:00.000Z',
} as const;
const incompatible = { field: 'engines', wanted: 'node >=99', actual: 'node 20.20.2' } as const;
const pinned = { code: 'pinned', version: '1.2.0', message: 'version 1.0.0 is pinned' } as const;

describe('U-11: each outcome of a check or an update is one sentence', () => {
  test.each([
    [
      { outcome: 'staged', version: '1.2.0', superseded: null },
      '1.2.0 is staged; it starts with the next launch.',
    ],
    [
      { outcome: 'staged', version: '1.2.0', superseded: '1.1.0' },
      '1.2.0 is staged; it starts with the next launch. It takes the place of 1.1.0.',
    ],
    [
      { outcome: 'update-available', version: '1.2.0', current: '1.1.0' },
      '1.2.0 is available (current: 1.1.0).',
    ],
    [{ outcome: 'update-available', version: '1.2.0', current: null }, '1.2.0 is available.'],
    [{ outcome: 'up-to-date', version: '1.1.0', current: '1.1.0' }, '1.1.0 is up to date.'],
    [
      { outcome: 'up-to-date', version: '1.0.0', current: '1.1.0' },
      '1.1.0 is up to date; the registry offers 1.0.0.',
    ],
    [
      { outcome: 'already-staged', version: '1.2.0' },
      '1.2.0 is already staged; it starts with the next launch.',
    ],
    [
      { outcome: 'bad-version', version: '1.2.0', mark },
      '1.2.0 is marked bad and is not staged: it ended with code 1 before it was ready: Error: boom.\nstagedoor forgive 1.2.0 takes the mark away.',
    ],
    [
      { outcome: 'incompatible', version: '1.2.0', reason: incompatible },
      '1.2.0 does not fit this machine: its engines asks for node >=99, here it is node 20.20.2.',
    ],
    [
      { outcome: 'outgrown', version: '2.0.0', needs: 'my-app >=3', shell: '2.1.0' },
      '2.0.0 needs a newer shell: it asks for my-app >=3, here it is 2.1.0. Nothing newer fits this one.',
    ],
    [
      { outcome: 'outgrown', version: '2.0.0', needs: 'my-app >=3', shell: 'unknown' },
      '2.0.0 needs a newer shell: it asks for my-app >=3, and its version is not known here (shellVersion). Nothing newer fits this one.',
    ],
    [
      { outcome: 'deferred', version: '1.2.0', refusal: pinned },
      '1.2.0 is not staged now: version 1.0.0 is pinned.',
    ],
    [{ outcome: 'cancelled' }, 'Cancelled; nothing was changed.'],
  ] as const)('%j', (settled, text) => {
    expect(outcomeText(settled, plain)).toBe(text);
  });
});

describe('P-39: explain', () => {
  const base = {
    outcome: 'ok',
    running: null,
    wouldLaunch: [],
    refusals: [],
    marks: [],
    history: [],
  } as const;

  test('says what is tried and in which order, then one sentence a reason', () => {
    const bundled = { role: 'bundled', version: '1.0.0', tree: null, firstStart: false } as const;
    const refusals = [
      { code: 'no-pointer', version: null, message: 'nothing is staged' },
      { code: 'bad-version', version: '1.2.0', message: '1.2.0 is marked bad' },
    ] as const;
    expect(explainText({ ...base, wouldLaunch: [bundled], refusals, marks: [mark] }, undefined, plain)).toBe(
      [
        'The next launch starts 1.0.0 (bundled).',
        'Nothing is staged.',
        '1.2.0 is marked bad: it ended with code 1 before it was ready: Error: boom. (LAUNCH_EXITED_EARLY, 2 strikes, last seen 2026-01-31 09:05 UTC)',
      ].join('\n'),
    );
  });

  test('a first strike is a suspicion, not a verdict', () => {
    const text = explainText({ ...base, marks: [{ ...mark, strikes: 1 }] }, '1.2.0', plain);
    expect(text).toContain('1.2.0 is under suspicion: it ended');
    expect(text).toContain('1 strike,');
  });
});

describe('the history in sentences', () => {
  const exit = { code: 1, signal: null };
  test.each([
    [{ event: 'runtime:starting', version: '1.2.0', role: 'override' }, '1.2.0 is started (staged)'],
    [{ event: 'launch.ready', candidate: { version: '1.2.0', role: 'bundled' } }, '1.2.0 is ready'],
    [
      { event: 'update:outgrown', version: '2.0.0', needs: 'my-app >=3', shell: '2.1.0' },
      '2.0.0 needs a newer shell: my-app >=3, here it is 2.1.0',
    ],
    [{ event: 'runtime:failed', error: { message: '1.2.0 ended\n early' } }, '1.2.0 ended early'],
    [
      { event: 'runtime:exited', version: '1.2.0', exit, restarting: true },
      '1.2.0 ended with code 1; it is started again',
    ],
    [
      { event: 'runtime:rolled-back', version: '1.2.0', reason: '1.2.0 died' },
      '1.2.0 is marked bad: it died',
    ],
    [
      { event: 'update:settled', outcome: 'failed', error: { message: 'no network' } },
      'check: failed (no network)',
    ],
    [{ event: 'update:settled', outcome: 'staged', version: '1.2.0' }, 'check: staged (1.2.0)'],
    [
      { event: 'launch.resolved', candidates: [{ version: '1.2.0', role: 'previous' }] },
      'to be tried: 1.2.0 (previous known-good)',
    ],
    [{ event: 'store.collected', removed: ['1.1.0'], freedBytes: 2000 }, 'collected: 1.1.0, 2.0 kB freed'],
    [{ event: 'order:rollback', from: '1.2.0', to: '1.1.0' }, 'rolled back by hand from 1.2.0 to 1.1.0'],
    [
      { event: 'order:gc', removed: [], plugins: { removed: ['a'], swept: ['b'] } },
      'collected: 1 tree of plugins, leftovers',
    ],
    [
      { event: 'order:plugin-add', ecosystem: 'python', name: 'chart', version: '1.0' },
      'the plugin python:chart 1.0 is installed',
    ],
    [
      { event: 'order:plugin-remove', ecosystem: 'npm', name: 'chart', version: '1.0.0' },
      'the plugin chart 1.0.0 is removed',
    ],
    [
      { event: 'something.new', schema: 1, at: 'x', pid: 7, version: '1.2.0', n: 3 },
      'something.new: version 1.2.0, n 3',
    ],
    [
      { event: 'update:settled', schema: 2, outcome: 'staged', version: '1.2.0' },
      'check: staged (1.2.0) (written by a newer stagedoor)',
    ],
  ])('%j', (entry, text) => {
    expect(historyText(entry)).toBe(text);
  });

  test.each([
    [{}],
    [{ event: 7 }],
    [{ event: 'runtime:judged', judgements: [null] }],
    [{ event: 'launch.starting' }],
    [{ event: 'constructor' }],
    [{ event: 'runtime:__proto__' }],
    [{ event: 'runtime:starting', version: { toString: 1, valueOf: 1 }, role: 'constructor' }],
    [{ event: { toString: 1 } }],
  ])('whatever is in an entry, it is told without a throw: %j', entry => {
    expect(typeof historyText(entry)).toBe('string');
  });
});
