import { supervisorSetup } from './setup.ts';

export const updates = supervisorSetup.createStateConfig({
  description: 'When the update chart is told to look.',
  initial: 'off',
  invoke: {
    id: 'update',
    systemId: 'update',
    src: 'update',
    input: { schedule: null },
    onSnapshot: {
      guard: { type: 'isNewlyStaged', params: ({ event }) => event.snapshot },
      actions: [{ type: 'recordStaged', params: ({ event }) => event.snapshot }, 'announceLanding'],
    },
    onError: { target: '.off', description: 'a defect of ours: the app goes on without updates' },
  },
  on: {
    'supervisor.hold': { target: '.held' },
    'supervisor.stop': { target: '.off' },
  },
  states: {
    off: {
      description: 'No schedule: not started, or a development shell.',
      entry: 'unschedule',
      on: {
        'supervisor.start': { guard: 'wantsUpdates', target: 'waitingForHealth' },
        'supervisor.hold': { target: 'held.beforeStart' },
      },
    },
    waitingForHealth: {
      description: 'No check before the running version has proven healthy.',
      on: {
        'runtime.proven': { target: 'waitingForFirst' },
        'runtime.lost': { target: 'scheduled', description: 'nothing runs: look for the cure at once' },
      },
    },
    waitingForFirst: {
      description: '30 s after the runtime is healthy, and up to as long again.',
      on: {
        'runtime.unproven': { target: 'waitingForHealth' },
        'runtime.lost': { target: 'scheduled' },
      },
      after: { firstCheck: { target: 'scheduled' } },
    },
    scheduled: {
      description: 'The update chart looks now, and from then on every 30 minutes ± 20 % by itself.',
      entry: ['schedule', 'updateOnSchedule'],
      on: {
        'runtime.lost': {
          actions: 'updateOnSchedule',
          description: 'nothing runs: look for the cure at once',
        },
        'supervisor.wake': {
          actions: 'wakeUpdate',
          description: 'the machine woke up or the network came back: looks at once, also out of a backoff',
        },
      },
    },
    held: {
      description: 'The host wants no checks for now; an explicit one is still answered.',
      entry: 'unschedule',
      initial: 'afterStart',
      on: {
        'supervisor.hold': { description: 'already held' },
        'supervisor.stop': { target: '.beforeStart', description: 'the hold lasts over a stop' },
      },
      states: {
        beforeStart: {
          description: 'Held before there was a schedule: the release begins none.',
          on: {
            'supervisor.start': { target: 'afterStart' },
            'supervisor.release': { target: '#supervisor.updates.off' },
          },
        },
        afterStart: {
          description: 'The release goes back to the schedule.',
          on: {
            'supervisor.release': [
              { guard: 'wantsUpdates', target: '#supervisor.updates.waitingForFirst' },
              { target: '#supervisor.updates.off' },
            ],
          },
        },
      },
    },
  },
});
