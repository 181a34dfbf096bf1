import type { LaunchOutput } from '../launch.ts';
import { fault, supervisorSetup } from './setup.ts';

const output = ({ event }: { event: { output: LaunchOutput } }): LaunchOutput => event.output;

export const runtime = supervisorSetup.createStateConfig({
  description: 'Whether the app has a running runtime.',
  initial: 'dormant',
  states: {
    dormant: {
      description: 'Nothing launched yet; a command line that only checks stays here.',
      on: {
        'supervisor.start': { target: 'launched' },
        'supervisor.stop': { target: 'stopped', description: 'a check in flight is cancelled (C-03)' },
      },
    },
    launched: {
      description: 'The launch chart runs.',
      initial: 'starting',
      invoke: {
        id: 'launch',
        systemId: 'launch',
        src: 'launch',
        input: ({ context }) => context.launch,
        onSnapshot: { actions: { type: 'observeHealth', params: ({ event }) => event.snapshot } },
        onDone: { actions: { type: 'announceEnd', params: output } },
        onError: {
          actions: { type: 'announceDefect', params: fault },
          description: 'a defect of ours: the runtime counts as lost',
        },
      },
      on: {
        'supervisor.stop': { target: '.stopping' },
        'launch.over': [
          { guard: 'isExhausted', target: 'down', actions: 'recordLoss', description: 'nothing starts' },
          { guard: 'isEnded', target: 'ended', description: 'ended by intention' },
          { target: 'stopped' },
        ],
      },
      states: {
        starting: {
          description: 'Not proven: whatever is on offer, nothing is downloaded.',
          tags: ['busy'],
          entry: 'deferStaging',
          on: {
            'runtime.proven': { target: 'healthy' },
            'supervisor.restart': {
              guard: 'mayInterrupt',
              actions: 'restartLaunch',
              description: 'what is starting may be the very version to leave: resolved anew',
            },
          },
        },
        healthy: {
          description: 'The probe has passed.',
          tags: ['healthy'],
          entry: 'permitStaging',
          on: {
            'runtime.unproven': { target: 'starting' },
            'supervisor.restart': [
              { guard: 'mayInterrupt', target: 'applying', actions: 'restartLaunch' },
              {
                target: 'waitingForIdle',
                actions: 'tellPending',
                description: 'running work is never interrupted without consent',
              },
            ],
          },
        },
        waitingForIdle: {
          description: 'A restart is wanted; it happens when the last lease ends or the user consents.',
          tags: ['healthy', 'visible'],
          on: {
            'lease.ended': [
              { guard: 'wasLastLease', target: 'applying', actions: ['dropLease', 'restartLaunch'] },
              { actions: 'dropLease' },
            ],
            'supervisor.restart': [
              { guard: 'mayInterrupt', target: 'applying', actions: 'restartLaunch' },
              { actions: 'tellPending' },
            ],
            'runtime.unproven': {
              target: 'starting',
              description: 'it ended by itself; what is staged starts now',
            },
          },
        },
        applying: {
          description: 'The child is ended so that what is staged can start.',
          tags: ['ending'],
          on: { 'runtime.unproven': { target: 'starting' } },
        },
        stopping: {
          description: 'The child is ended with deadlines.',
          tags: ['ending'],
          entry: ['stopLaunch', 'cancelUpdate'],
          on: {
            'supervisor.stop': { description: 'already on the way' },
            'launch.over': { target: '#supervisor.runtime.stopped', description: 'however it ended' },
          },
        },
      },
    },
    down: {
      description: 'Nothing starts. Only a newer version can be the cure: it is looked for at once.',
      tags: ['visible'],
      entry: ['permitStaging', 'announceLoss'],
      on: {
        'update.landed': { target: 'launched', description: 'a version that may be the cure is staged' },
        'supervisor.start': { target: 'launched' },
        'supervisor.restart': { target: 'launched' },
        'supervisor.stop': { target: 'stopped' },
      },
    },
    ended: {
      description: 'The runtime ended by intention; an update on demand is free again.',
      entry: 'permitStaging',
      on: {
        'supervisor.start': { target: 'launched' },
        'supervisor.restart': { target: 'launched' },
        'supervisor.stop': { target: 'stopped' },
      },
    },
    stopped: {
      description: 'Ended by the host.',
      entry: ['cancelUpdate', 'permitStaging'],
      on: { 'supervisor.start': { target: 'launched' }, 'supervisor.restart': { target: 'launched' } },
    },
  },
});
