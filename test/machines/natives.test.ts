import { describe, expect, it } from 'vitest';
import { statePath } from '#src/chart-watch.js';
import { beginComparing, type Comparing } from '../support/charts/comparing.ts';
import { comparisons, nativeTag, nativeTree, refused } from '../support/charts/natives-events.ts';
import { failure } from '../support/charts/samples.ts';
import { breathe } from '../support/charts/slots.ts';

const { fits, pinned, notPinned, unsure, unsureAndPinned, halfPinned, halfUnsure, bothPinned } = comparisons;

describe('the decision, in its order', () => {
  it('N-05: what fits is used: no tree is looked for, whatever the mode', async () => {
    for (const mode of ['auto', 'skip'] as const) {
      const run = beginComparing(mode);
      await run.searching(fits);
      expect(run.outcome()).toEqual({
        kind: 'matched',
        tag: nativeTag,
        places: [{ name: 'pty', from: 'bundle' }],
        tree: null,
        failure: null,
        fault: null,
      });
      expect(run.begun()).toEqual(['askExecutable', 'compareNatives']);
    }
  });

  it('N-06: in mode skip no tree is looked for, and the gate decides', async () => {
    const run = beginComparing('skip');
    await run.searching(pinned);
    expect(run.begun()).toEqual(['askExecutable', 'compareNatives']);
    expect(run.outcome()).toMatchObject({
      kind: 'skipped',
      tree: null,
      failure: { code: 'NATIVE_ABI_MISMATCH' },
    });
    const other = beginComparing('skip');
    await other.searching(unsure);
    expect(other.outcome()).toMatchObject({ kind: 'skipped', failure: null });
  });

  it('N-05: a tree that is there is used without a word, also where nothing is pinned any more', async () => {
    for (const comparison of [pinned, notPinned]) {
      const run = beginComparing();
      await run.searching(comparison);
      await run.lookedUp(nativeTree);
      expect(run.outcome()).toMatchObject({ kind: 'cached', tree: nativeTree, failure: null });
      expect(run.outcome()?.places).toContainEqual({ name: 'pty', from: 'tree' });
      expect(run.lines()).toEqual([]);
      expect(run.begun()).not.toContain('claimTree');
    }
  });

  it('N-07: a tree that lacks what fits nowhere else opens no gate; what nobody can tell of is let pass beside it', async () => {
    const closed = beginComparing();
    await closed.searching(halfPinned);
    await closed.lookedUp(nativeTree);
    expect(closed.outcome()).toMatchObject({
      kind: 'unavailable',
      tree: null,
      failure: { code: 'NATIVE_ABI_MISMATCH' },
    });
    const open = beginComparing();
    await open.searching(halfUnsure);
    await open.lookedUp(nativeTree);
    expect(open.outcome()).toMatchObject({
      kind: 'cached',
      tree: nativeTree,
      failure: null,
      places: [{ name: 'pty', from: 'tree' }],
    });
  });

  it('N-04: nothing is installed that the app has not pinned', async () => {
    const run = beginComparing();
    await run.installing(notPinned);
    expect(run.begun()).toEqual(['askExecutable', 'compareNatives', 'findTree']);
    expect(run.outcome()).toMatchObject({ kind: 'unavailable', failure: { code: 'NATIVE_ABI_MISMATCH' } });
  });

  it('N-04, N-05: what is pinned is claimed, fetched, loaded, then committed, with one line to the user', async () => {
    const run = beginComparing();
    await run.installing(pinned);
    expect(run.lines()).toEqual([]);
    await run.claimed();
    expect(run.told).toEqual([{ type: 'natives.installing', tag: nativeTag, names: ['pty'] }]);
    await run.fetched();
    await run.proven();
    await run.committed();
    expect(run.begun().slice(3)).toEqual(['claimTree', 'fetchNatives', 'proveNatives', 'commitTree']);
    expect(run.slots.commitTree.calls[0]?.input).toEqual({ tag: nativeTag, scratch: 'scratch-1' });
    expect(run.outcome()).toEqual({
      kind: 'ready',
      tag: nativeTag,
      places: [
        { name: 'sqlite', from: 'own' },
        { name: 'pty', from: 'tree' },
      ],
      tree: nativeTree,
      failure: null,
      fault: null,
    });
    expect(run.told.map(({ type }) => type)).toEqual(['natives.installing', 'natives.settled']);
  });

  it('N-01, N-07: an executable that does not say what it is closes no gate', async () => {
    const run = beginComparing();
    await run.asked(null);
    expect(run.begun()).toEqual(['askExecutable']);
    expect(run.outcome()).toEqual({
      kind: 'unavailable',
      tag: null,
      places: [],
      tree: null,
      failure: null,
      fault: null,
    });
  });

  it('N-07: what nobody can tell is let pass, also after an install that failed', async () => {
    const run = beginComparing();
    await run.installing(unsureAndPinned);
    await run.claimed();
    run.slots.fetchNatives.reject(failure('REGISTRY_UNREACHABLE'));
    await breathe();
    await run.cleaned();
    expect(run.outcome()).toMatchObject({ kind: 'unavailable', tree: null, failure: null });
    expect(run.outcome()?.fault).toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  });

  it('N-09: a closed gate says in one sentence what to do, and why no tree came', async () => {
    const run = beginComparing();
    await run.installing(pinned);
    await run.claimed();
    run.slots.fetchNatives.reject(failure('REGISTRY_UNREACHABLE'));
    await breathe();
    await run.cleaned();
    expect(run.outcome()?.failure).toMatchObject({
      code: 'NATIVE_ABI_MISMATCH',
      message: 'nothing of pty fits: do this (REGISTRY_UNREACHABLE happened)',
      hint: 'look at it',
    });
  });
});

describe('two processes that want the same tree', () => {
  it('N-04: the second one waits, says so, and uses the tree of the first', async () => {
    const run = beginComparing();
    await run.installing(pinned);
    await run.claimed(null);
    expect(run.lines()).toEqual(['natives.waiting']);
    expect(run.at({ installing: 'waiting' })).toBe(true);
    await run.otherEnded();
    await run.lookedUp(nativeTree);
    expect(run.outcome()).toMatchObject({ kind: 'cached', tree: nativeTree });
    expect(run.begun()).not.toContain('fetchNatives');
  });

  it('N-04: where the first one is no more, the second one makes it', async () => {
    const run = beginComparing();
    await run.installing(pinned);
    await run.claimed(null);
    await run.otherEnded();
    await run.lookedUp(null);
    await run.claimed();
    await run.fetched();
    await run.proven();
    await run.committed();
    expect(run.outcome()).toMatchObject({ kind: 'ready' });
    expect(run.lines()).toEqual(['natives.waiting', 'natives.installing']);
  });
});

describe('a tree with the wanted stamp that does not serve', () => {
  it('N-04: it is not made anew, for it would be the same', async () => {
    const run = beginComparing();
    await run.searching(bothPinned);
    await run.lookedUp(nativeTree);
    expect(run.begun()).not.toContain('claimTree');
    expect(run.outcome()).toMatchObject({ kind: 'unavailable', failure: { code: 'NATIVE_ABI_MISMATCH' } });
  });

  it('N-04: nor after a claim that was not given because the tree is whole: nobody is waited for twice', async () => {
    const run = beginComparing();
    await run.installing(bothPinned);
    await run.claimed(null);
    await run.otherEnded();
    await run.lookedUp(nativeTree);
    expect(run.lines()).toEqual(['natives.waiting']);
    expect(run.outcome()).toMatchObject({ kind: 'unavailable', tree: null });
  });
});

describe('what is fetched and does not load', () => {
  it('P-10: it is never committed, and its scratch goes', async () => {
    const run = beginComparing();
    await run.installing(pinned);
    await run.claimed();
    await run.fetched();
    await run.proven(refused(false));
    expect(run.slots.cleanTree.calls.map(({ input }) => input)).toEqual([
      { tag: nativeTag, scratch: 'scratch-1' },
    ]);
    await run.cleaned();
    expect(run.begun()).not.toContain('commitTree');
    expect(run.begun()).not.toContain('buildNatives');
    expect(run.outcome()).toMatchObject({ kind: 'unavailable', failure: { code: 'NATIVE_ABI_MISMATCH' } });
  });

  it('N-04: where the app asks for a build it is built once, and proven again', async () => {
    const run = beginComparing();
    await run.installing(pinned);
    await run.claimed();
    await run.fetched();
    await run.proven(refused(true));
    await run.built();
    await run.proven();
    await run.committed();
    expect(run.outcome()).toMatchObject({ kind: 'ready' });
    expect(run.begun().slice(4)).toEqual([
      'fetchNatives',
      'proveNatives',
      'buildNatives',
      'proveNatives',
      'commitTree',
    ]);
  });

  it('N-04: what was built and does not load is not built again', async () => {
    const run = beginComparing();
    await run.installing(pinned);
    await run.claimed();
    await run.fetched();
    await run.proven(refused(true));
    await run.built();
    await run.proven(refused(true));
    expect(run.at({ installing: 'cleaning' })).toBe(true);
    await run.cleaned();
    expect(run.begun().filter(slot => slot === 'buildNatives')).toHaveLength(1);
  });
});

type Reach = readonly [string, (run: Comparing) => Promise<void>];
const looking: readonly Reach[] = [
  ['probing.asking', async () => undefined],
  ['probing.comparing', run => run.asked()],
  ['probing.lookingUp', run => run.searching(pinned)],
  [
    'installing.waiting',
    async run => {
      await run.installing(pinned);
      await run.claimed(null);
    },
  ],
];
const making: readonly Reach[] = [
  ['installing.claiming', run => run.installing(pinned)],
  [
    'installing.fetching',
    async run => {
      await run.installing(pinned);
      await run.claimed();
    },
  ],
  [
    'installing.proving',
    async run => {
      await run.installing(pinned);
      await run.claimed();
      await run.fetched();
    },
  ],
  [
    'installing.building',
    async run => {
      await run.installing(pinned);
      await run.claimed();
      await run.fetched();
      await run.proven(refused(true));
    },
  ],
];
const committing: Reach = [
  'installing.committing',
  async run => {
    await run.installing(pinned);
    await run.claimed();
    await run.fetched();
    await run.proven();
  },
];

describe('a cancel', () => {
  it.each(looking)('C-03: in %s it ends at once: nothing has been begun', async (state, reach) => {
    const run = beginComparing();
    await reach(run);
    expect(statePath(run.state().value)).toBe(state);
    await run.cancel();
    expect(run.trace.at(-1)).toMatchObject({ kind: 'abort' });
    expect(run.outcome()).toMatchObject({ kind: 'unavailable', tree: null });
    expect(run.begun()).not.toContain('cleanTree');
  });

  it.each(making)('C-03, S-07: in %s it ends the effect and cleans up first', async (state, reach) => {
    const run = beginComparing();
    await reach(run);
    expect(statePath(run.state().value)).toBe(state);
    await run.cancel();
    expect(run.at({ installing: 'cleaning' })).toBe(true);
    expect(run.trace.filter(({ kind }) => kind === 'abort').length).toBeGreaterThan(0);
    expect(run.slots.cleanTree.calls.map(({ input }) => input)).toEqual([
      { tag: nativeTag, scratch: state === 'installing.claiming' ? null : 'scratch-1' },
    ]);
    await run.cancel();
    expect(run.slots.cleanTree.calls).toHaveLength(1);
    await run.cleaned();
    expect(run.outcome()).toMatchObject({ kind: 'unavailable', tree: null });
  });

  it('C-03: a commit is finished, not interrupted', async () => {
    const run = beginComparing();
    await committing[1](run);
    await run.cancel();
    expect(run.slots.commitTree.calls[0]?.signal.aborted).toBe(false);
    await run.committed();
    expect(run.outcome()).toMatchObject({ kind: 'ready' });
  });
});

describe('a step that breaks', () => {
  const slotsOf: Readonly<Record<string, keyof Comparing['slots']['actors']>> = {
    'probing.asking': 'askExecutable',
    'probing.comparing': 'compareNatives',
    'probing.lookingUp': 'findTree',
    'installing.claiming': 'claimTree',
    'installing.waiting': 'awaitOther',
    'installing.fetching': 'fetchNatives',
    'installing.proving': 'proveNatives',
    'installing.building': 'buildNatives',
    'installing.committing': 'commitTree',
  };

  it.each([...looking, ...making, committing])(
    'N-05: in %s there is no tree, the gate decides, and nothing is left',
    async (state, reach) => {
      const run = beginComparing();
      await reach(run);
      const slot = slotsOf[state];
      if (slot === undefined) throw new Error(state);
      run.slots[slot].reject(failure('DISK_FULL'));
      await breathe();
      const cleans = ['fetching', 'proving', 'building', 'committing'].some(name => state.endsWith(name));
      expect(run.begun().includes('cleanTree')).toBe(cleans);
      if (cleans) await run.cleaned();
      expect(run.outcome()).toMatchObject({ kind: 'unavailable', tree: null });
      const compared = state !== 'probing.asking' && state !== 'probing.comparing';
      expect(run.outcome()?.failure?.code).toBe(compared ? 'NATIVE_ABI_MISMATCH' : undefined);
    },
  );

  it('S-07: a clean-up that fails ends the run all the same', async () => {
    const run = beginComparing();
    await run.installing(pinned);
    await run.claimed();
    await run.cancel();
    run.slots.cleanTree.reject(failure('DISK_DENIED'));
    await breathe();
    expect(run.outcome()).toMatchObject({ kind: 'unavailable' });
  });
});
