import type { PluginConflict, PluginPlan, PluginWish } from '../../../../machines/contract.ts';
import { broken, brokenByDisk, diskFull, done, failure, type Sample, sample } from './sample.ts';

export const pluginWish: PluginWish = { ecosystem: 'npm', name: 'chart-plugin', spec: null };

const demand = {
  as: 'react',
  name: 'react',
  range: '^18.0.0',
  chain: ['chart-plugin@1.2.0', 'chart-parts@0.3.0'],
};
const plan: PluginPlan = {
  wish: pluginWish,
  version: '1.2.0',
  packages: [
    {
      name: 'chart-plugin',
      version: '1.2.0',
      integrity: 'sha512-sample',
      place: 'node_modules/chart-plugin',
    },
  ],
  demands: [demand],
  scratch: 'scratch-1',
  present: false,
};
const conflict = (facts: Partial<PluginConflict>): PluginConflict => ({
  ...demand,
  reason: 'version',
  locked: '19.1.0',
  ...facts,
});
const shared = [{ name: 'react', version: '18.3.1' }];
const refusal = (key: string, says: string, facts: Partial<PluginConflict> = {}): Sample =>
  done('comparePlugin', key, says, { shared: [], conflicts: [conflict(facts)] });

const samples: Readonly<Record<string, readonly Sample[]>> = {
  'xstate.done.actor.resolvePlugin': [
    done('resolvePlugin', 'new', '1.2.0 is found, with all that comes with it', plan),
    done('resolvePlugin', 'present', 'the very same is installed already', { ...plan, present: true }),
  ],
  'xstate.error.actor.resolvePlugin': [
    broken('resolvePlugin', 'the lock of the runtime can’t be read', failure('STORE_UNREADABLE', 'no lock')),
    broken('resolvePlugin', 'the registry can’t be reached', failure('REGISTRY_UNREACHABLE', 'no answer')),
  ],
  'xstate.done.actor.comparePlugin': [
    done('comparePlugin', 'shared', 'the runtime has what it asks for', { shared, conflicts: [] }),
    refusal('version', 'it asks for another version of react'),
    refusal('look-alike', 'it asks for React in capitals', {
      as: 'React',
      name: 'React',
      reason: 'look-alike',
    }),
    refusal('built-in', 'it asks for a module of Node as if that were a package', {
      as: 'node:fs',
      name: 'fs',
      reason: 'built-in',
      locked: null,
    }),
    refusal('joined', 'the runtime has react only inside its own file', { reason: 'joined' }),
  ],
  'xstate.error.actor.downloadPlugin': [
    broken('downloadPlugin', 'the connection breaks', failure('REGISTRY_UNREACHABLE', 'no answer')),
    broken(
      'downloadPlugin',
      'other bytes than the pinned ones',
      failure('INTEGRITY_MISMATCH', 'another hash'),
    ),
    broken('downloadPlugin', 'the disk is full', diskFull),
  ],
  'xstate.done.actor.stagePlugin': [
    done('stagePlugin', 'fits', 'all is unpacked', { conflicts: [] }),
    done('stagePlugin', 'hidden', 'a package inside an archive asks for another react', {
      conflicts: [conflict({})],
    }),
  ],
  'xstate.error.actor.stagePlugin': [
    broken(
      'stagePlugin',
      'an archive that would write elsewhere',
      failure('PACKAGE_UNSAFE', 'a path with ..'),
    ),
    broken('stagePlugin', 'the disk is full', diskFull),
  ],
  'xstate.done.actor.verifyPlugin': [
    done('verifyPlugin', 'whole', 'every file is there', { tree: 'tree', stripped: [] }),
    done('verifyPlugin', 'stripped', 'every file is there; a copy of react was left out', {
      tree: 'tree',
      stripped: ['react'],
    }),
  ],
  'xstate.done.actor.commitPlugin': [
    done('commitPlugin', 'first', 'nothing was there before', { replaced: null }),
    done('commitPlugin', 'update', '1.1.0 was there before', { replaced: '1.1.0' }),
  ],
  'xstate.error.actor.commitPlugin': [
    broken('commitPlugin', 'another process holds the store', failure('STORE_BUSY', 'it is in use')),
    broken('commitPlugin', 'the disk is full', diskFull),
  ],
  'xstate.done.actor.removePlugin': [
    done('removePlugin', 'removed', '1.1.0 is gone', { removed: '1.1.0' }),
    done('removePlugin', 'absent', 'nothing by that name was there', { removed: null }),
  ],
  'plugin.cancel': [sample('cancel', 'the user presses Ctrl-C', { type: 'plugin.cancel' })],
};

/** What the effects of the chart of plugins might come to. */
export const pluginSamples = (type: string): readonly Sample[] | undefined =>
  Object.hasOwn(samples, type) ? samples[type] : brokenByDisk(type);
