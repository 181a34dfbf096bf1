import type { ProbeResult } from '../contract.ts';
import { healthy } from './healthy.ts';
import { fault, launchSetup } from './setup.ts';
import { runtimeInput } from './suspicion.ts';

const result = ({ event }: { event: { output: ProbeResult } }): ProbeResult => event.output;

/** Waiting for the proof that this child of this version is up; the same for the first candidate and the control. */
const proof = {
  invoke: {
    id: 'probe',
    src: 'probe',
    input: runtimeInput,
    onDone: [
      { guard: { type: 'wasReady', params: result }, target: 'healthy', description: 'the probe passed' },
      {
        guard: { type: 'wasTimedOut', params: result },
        target: 'ending',
        actions: 'suspectTimeout',
        description: 'alive, but not ready within the deadline of active time',
      },
      {
        target: 'ending',
        actions: 'suspectInconclusive',
        description: 'time stood still: no proof either way',
      },
    ],
    onError: {
      target: 'ending',
      actions: { type: 'suspectFault', params: fault },
      description: 'the probe itself broke: that is no fault of the version',
    },
  },
  on: {
    'runtime.exited': {
      target: '#launch.fallback',
      actions: 'suspectEarlyExit',
      description: 'it ended before it was ready',
    },
  },
} as const;

/** Where a child that was ended for a restart leads. */
const afterApplying = [
  { guard: 'hasSuspects', target: '#launch.renewing', actions: 'recordExit' },
  { target: '#launch.override', actions: 'beginAnew' },
] as const;

/** Where a child that was ended for good leads. */
const afterStopping = [
  {
    guard: 'hasSuspects',
    target: '#launch.closing',
    actions: ['recordExit', { type: 'tellExited', params: { restarting: false } }],
  },
  {
    target: '#launch.stopped',
    actions: ['recordExit', { type: 'tellExited', params: { restarting: false } }],
  },
] as const;

export const alive = launchSetup.createStateConfig({
  description: 'One child process, from its spawn to its end.',
  entry: 'tellStarting',
  initial: 'spawning',
  invoke: {
    id: 'runtime',
    src: 'runtime',
    input: runtimeInput,
    onError: {
      actions: { type: 'refuse', params: fault },
      description: 'a defect of ours: it counts as refused',
    },
  },
  on: {
    'launch.stop': { target: '.stopping' },
    'launch.restart': { target: '.applying', description: 'apply what is staged' },
    'runtime.refused': {
      target: '#launch.fallback',
      actions: 'suspectRefusal',
      description: 'it could not be spawned, or its port answers already',
    },
  },
  states: {
    spawning: {
      description: 'The child is being created.',
      tags: ['starting'],
      on: {
        'runtime.spawned': [
          { guard: 'hasSuspects', target: 'controlRun', actions: 'recordPid' },
          { target: 'probing', actions: 'recordPid' },
        ],
        'runtime.exited': { target: '#launch.fallback', actions: 'suspectEarlyExit' },
      },
    },
    probing: { ...proof, description: 'Waits for the proof of health.', tags: ['starting'] },
    controlRun: {
      ...proof,
      description:
        'The fallback starts in the same environment: it is the control experiment of the verdict.',
      tags: ['starting'],
    },
    ending: {
      description: 'Ends a child that did not become ready, its whole tree, with deadlines.',
      tags: ['starting'],
      entry: 'endFailed',
      on: {
        'runtime.exited': { target: '#launch.fallback' },
        'runtime.refused': { target: '#launch.fallback', description: 'it is a suspect already' },
        'launch.restart': { description: 'the next candidate comes in any case' },
      },
    },
    healthy,
    applying: {
      description: 'Ends the child so that what is staged can start.',
      tags: ['ending'],
      entry: 'endAsked',
      on: {
        'runtime.exited': afterApplying,
        'runtime.refused': afterApplying,
        'launch.restart': { description: 'already on the way' },
      },
    },
    stopping: {
      description: 'Ends the child: asked, then told, then made to, with deadlines.',
      tags: ['ending'],
      entry: 'endAsked',
      on: {
        'runtime.exited': afterStopping,
        'runtime.refused': [
          { guard: 'hasSuspects', target: '#launch.closing' },
          { target: '#launch.stopped' },
        ],
        'launch.stop': { description: 'already on the way' },
        'launch.restart': { description: 'too late' },
      },
    },
  },
});
