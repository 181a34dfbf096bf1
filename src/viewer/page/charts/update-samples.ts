import type { Release } from '../../../../machines/contract.ts';
import { defaultSchedule } from '../../../../machines/schedule.ts';
import { matchSamples } from './natives-samples.ts';
import {
  broken,
  brokenByDisk,
  diskFull,
  done,
  failure,
  mark,
  pinned,
  type Sample,
  sample,
} from './sample.ts';

const version = '1.1.0';
const release: Release = { name: 'my-runtime', version, integrity: 'sha512-sample', unpackedSize: 1_000_000 };
const offer = { release, current: '1.0.0', scratch: 'scratch-1', refusal: null };
const answer = (key: string, says: string, output: unknown): Sample =>
  done('checkRegistry', key, says, output);

const unreachable = failure('REGISTRY_UNREACHABLE', 'the registry does not answer');

const samples: Readonly<Record<string, readonly Sample[]>> = {
  'xstate.done.actor.checkRegistry': [
    answer('available', '1.1.0 is on offer', { kind: 'available', ...offer }),
    answer('pinned', '1.1.0 is on offer, but 1.0.0 is pinned', {
      kind: 'available',
      ...offer,
      refusal: pinned,
    }),
    answer('adoptable', 'a finished folder of 1.1.0 lies there without a pointer', {
      kind: 'adoptable',
      ...offer,
    }),
    answer('up-to-date', 'nothing newer is on offer', {
      kind: 'upToDate',
      version: '1.0.0',
      current: '1.0.0',
    }),
    answer('already-staged', '1.1.0 is staged already', { kind: 'alreadyStaged', version }),
    answer('bad-version', '1.1.0 is marked bad', { kind: 'badVersion', version, mark }),
    answer('incompatible', '1.1.0 wants a newer Node', {
      kind: 'incompatible',
      version,
      reason: { field: 'engines', wanted: '>=99', actual: '20.0.0' },
    }),
    answer('outgrown', '1.1.0 needs a newer shell', {
      kind: 'outgrown',
      version,
      needs: 'my-app >=3',
      shell: '2.0.0',
    }),
  ],
  'xstate.error.actor.checkRegistry': [
    broken('checkRegistry', 'the registry can’t be reached', unreachable),
    broken('checkRegistry', 'the registry refuses', failure('REGISTRY_REFUSED', 'the registry said 403')),
  ],
  'xstate.error.actor.download': [
    broken('download', 'the connection breaks', unreachable),
    broken(
      'download',
      'the bytes are not the announced ones',
      failure('INTEGRITY_MISMATCH', 'another SHA-512'),
    ),
    broken('download', 'the disk is full', diskFull),
  ],
  'xstate.done.actor.adoptFolder': [done('adoptFolder', 'whole', 'every byte is right', { tree: 'tree' })],
  'xstate.done.actor.matchNatives': matchSamples,
  'xstate.done.actor.verifyTree': [
    done('verifyTree', 'whole', 'the tree is the tarball’s', { tree: 'tree' }),
  ],
  'xstate.done.actor.commitPointer': [
    done('commitPointer', 'committed', 'the pointer names 1.1.0', {
      kind: 'committed',
      seq: 1,
      superseded: null,
    }),
    done('commitPointer', 'overtaken', 'another process has staged 1.3.0 meanwhile', {
      kind: 'overtaken',
      by: '1.3.0',
    }),
  ],
  'update.check': [sample('host', '', { type: 'update.check', origin: 'host' })],
  'update.stage': [sample('host', '', { type: 'update.stage', origin: 'host' })],
  'update.defer': [sample('pin', 'because 1.0.0 is pinned', { type: 'update.defer', refusal: pinned })],
  'update.schedule': [
    sample('every-30-minutes', 'every 30 minutes', {
      type: 'update.schedule',
      schedule: defaultSchedule,
    }),
    sample('none', 'no checks by itself', { type: 'update.schedule', schedule: null }),
  ],
};

/** What the effects of the update chart might come to, and what its host might say. */
export const updateSamples = (type: string): readonly Sample[] | undefined =>
  Object.hasOwn(samples, type) ? samples[type] : brokenByDisk(type);
