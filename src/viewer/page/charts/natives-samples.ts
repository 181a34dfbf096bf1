import type { NativesComparison, NativesOutcome, NativeTree } from '../../../../machines/contract.ts';
import { broken, brokenByDisk, done, failure, type Sample, sample } from './sample.ts';

const tag = 'linux-x64-glibc-node137';
const name = 'node-pty';
const tree: NativeTree = { tag, stamp: '0.1.0-1a2b3c4d', names: [name] };
const sentence = `Nothing of ${name} is for ${tag}: run \`stagedoor natives ensure ${name}\`.`;
const misfit = failure('NATIVE_ABI_MISMATCH', sentence);

const outcome = (kind: NativesOutcome['kind'], facts: Partial<NativesOutcome> = {}): NativesOutcome => ({
  kind,
  tag,
  places: [],
  tree: null,
  failure: null,
  fault: null,
  ...facts,
});

/** What a launch and an update are told of their natives. */
export const matchSamples: readonly Sample[] = [
  done('matchNatives', 'own', 'its own fit', outcome('matched', { places: [{ name, from: 'own' }] })),
  done(
    'matchNatives',
    'bundled',
    'those of the bundle fit',
    outcome('matched', { places: [{ name, from: 'bundle' }] }),
  ),
  done(
    'matchNatives',
    'tree',
    'a tree has them',
    outcome('cached', { places: [{ name, from: 'tree' }], tree }),
  ),
  done('matchNatives', 'unknown', 'nobody can tell', outcome('unavailable', { tag: null })),
  done('matchNatives', 'nowhere', 'they fit nowhere', outcome('unavailable', { failure: misfit })),
];

const compared = (key: string, says: string, facts: Partial<NativesComparison>): Sample =>
  done('compareNatives', key, says, { places: [], lacking: [], installable: false, ...facts });
const lacking = [{ name, certain: true, sentence }];

const samples: Readonly<Record<string, readonly Sample[]>> = {
  'xstate.done.actor.askExecutable': [
    done('askExecutable', 'node', `it is ${tag}`, tag),
    done('askExecutable', 'silent', 'it does not say what it is', null),
  ],
  'xstate.done.actor.compareNatives': [
    compared('fit', 'those of the bundle fit', { places: [{ name, from: 'bundle' }] }),
    compared('pinned', 'they fit nowhere, and the app has pinned them', { lacking, installable: true }),
    compared('not-pinned', 'they fit nowhere, and nothing is pinned', { lacking }),
    compared('unknown', 'nobody can tell, and nothing is pinned', {
      lacking: [{ name, certain: false, sentence }],
    }),
  ],
  'xstate.done.actor.findTree': [
    done('findTree', 'found', 'a whole tree is there', tree),
    done('findTree', 'useless', 'one is there that lacks what is needed', { ...tree, names: [] }),
    done('findTree', 'none', 'there is none', null),
  ],
  'xstate.done.actor.claimTree': [
    done('claimTree', 'claimed', 'the turn is ours', 'scratch-1'),
    done('claimTree', 'other', 'another process makes it, or has made it', null),
  ],
  'xstate.error.actor.fetchNatives': [
    broken('fetchNatives', 'the registry can’t be reached', failure('REGISTRY_UNREACHABLE', 'no answer')),
    broken('fetchNatives', 'other bytes than the pinned ones', failure('INTEGRITY_MISMATCH', 'another hash')),
  ],
  'xstate.done.actor.proveNatives': [
    done('proveNatives', 'loaded', 'all of them load', { kind: 'loaded' }),
    done('proveNatives', 'refused', 'one does not load', {
      kind: 'refused',
      failure: misfit,
      buildable: false,
    }),
    done('proveNatives', 'buildable', 'one does not load; the app asks for a build then', {
      kind: 'refused',
      failure: misfit,
      buildable: true,
    }),
  ],
  'xstate.done.actor.commitTree': [done('commitTree', 'committed', 'the tree is in its place', tree)],
  'natives.cancel': [sample('cancel', 'the start is given up', { type: 'natives.cancel' })],
};

/** What the effects of the chart of natives might come to. */
export const nativesSamples = (type: string): readonly Sample[] | undefined =>
  Object.hasOwn(samples, type) ? samples[type] : brokenByDisk(type);
