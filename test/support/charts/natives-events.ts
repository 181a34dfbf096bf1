import type { AnyMachineSnapshot, EventObject } from 'xstate';
import type {
  NativeLack,
  NativesComparison,
  NativesProof,
  NativesSubject,
  NativeTree,
} from '#machines/contract.js';
import type { NativesContext, NativesInput } from '#machines/natives.js';
import { broke, done } from './exploration.ts';
import { failure, override } from './samples.ts';

export const nativeTag = 'linux-x64-glibc-node137';
export const subject: NativesSubject = { candidate: override };
export const nativeTree: NativeTree = { tag: nativeTag, stamp: '1.0.0-aa', names: ['pty'] };

/** A native that was made for something else, or of which nobody can say. */
export const lackOf = (name: string, certain: boolean): NativeLack => ({
  name,
  certain,
  sentence: `nothing of ${name} fits: do this`,
});

const comparison = (facts: Partial<NativesComparison>): NativesComparison => ({
  places: [],
  lacking: [],
  installable: false,
  ...facts,
});

/** What comparing may come to: all fit, or one fits nowhere or may fit nowhere, each with pins and without. */
export const comparisons = {
  fits: comparison({ places: [{ name: 'pty', from: 'bundle' }] }),
  pinned: comparison({
    places: [{ name: 'sqlite', from: 'own' }],
    lacking: [lackOf('pty', true)],
    installable: true,
  }),
  notPinned: comparison({ lacking: [lackOf('pty', true)] }),
  unsure: comparison({ lacking: [lackOf('pty', false)] }),
  unsureAndPinned: comparison({ lacking: [lackOf('pty', false)], installable: true }),
  /** A tree may be there for the one, and nothing can be had for the other. */
  halfPinned: comparison({ lacking: [lackOf('pty', true), lackOf('sqlite', true)] }),
  /** Both are pinned: a tree of this stamp that has the one only will never serve. */
  bothPinned: comparison({ lacking: [lackOf('pty', true), lackOf('sqlite', true)], installable: true }),
  /** The one certainly fits nowhere, of the other nobody can say. */
  halfUnsure: comparison({ installable: true, lacking: [lackOf('pty', true), lackOf('sqlite', false)] }),
} as const;

export const refused = (buildable: boolean): NativesProof => ({
  kind: 'refused',
  failure: failure('NATIVE_ABI_MISMATCH'),
  buildable,
});

/** What is worth exploring of each event of the chart of natives. */
export const nativesOutcomes = (
  type: string,
  { context }: AnyMachineSnapshot,
): readonly EventObject[] | undefined => {
  const { tag, lacking } = context as NativesContext;
  switch (type) {
    case 'xstate.done.actor.askExecutable':
      return [nativeTag, null].map(said => done('askExecutable', said));
    case 'xstate.done.actor.compareNatives':
      return Object.values(comparisons).map(one => done('compareNatives', one));
    case 'xstate.done.actor.findTree':
      return [nativeTree, null].map(tree => done('findTree', tree));
    case 'xstate.done.actor.claimTree':
      return ['scratch-1', null].map(scratch => done('claimTree', scratch));
    case 'xstate.done.actor.proveNatives':
      return [{ kind: 'loaded' }, refused(false), refused(true)].map(proof => done('proveNatives', proof));
    case 'xstate.done.actor.commitTree':
      return [done('commitTree', { ...nativeTree, tag, names: lacking.map(({ name }) => name) })];
    default: {
      const broken = /^xstate\.error\.actor\.(.+)$/.exec(type)?.[1];
      return broken === undefined ? undefined : [broke(broken, failure('DISK_FULL'))];
    }
  }
};

export const nativesInputs: readonly NativesInput[] = (['auto', 'skip'] as const).map(mode => ({
  mode,
  subject,
}));
