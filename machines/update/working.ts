import type { CheckResult, NativesOutcome, VerifyOutput } from '../contract.ts';
import { scratchInput, updateSetup } from './setup.ts';

const answer = ({ event }: { event: { output: CheckResult } }): CheckResult => event.output;
const tree = ({ event }: { event: { output: VerifyOutput } }): VerifyOutput => event.output;
const match = ({ event }: { event: { output: NativesOutcome } }): NativesOutcome => event.output;
const closedBy = ({ event }: { event: { output: NativesOutcome } }): unknown => event.output.failure;
const fault = ({ event }: { event: { error: unknown } }): unknown => event.error;

/** What every step of staging does with a fault: record it, clean up, then rest or back off. */
const abandon = {
  target: '#update.cleaning',
  actions: { type: 'recordFailure', params: fault },
} as const;

export const working = updateSetup.createStateConfig({
  description: 'One run. There is no second one beside it: who asks joins.',
  tags: ['busy'],
  initial: 'checking',
  entry: 'forgetRun',
  on: {
    'update.cancel': {
      target: 'cleaning',
      actions: 'recordCancelled',
      description: 'everything before the commit can be abandoned',
    },
  },
  states: {
    checking: {
      description: 'Asks for the channel and compares with max(pointer, bundled). Changes nothing on disk.',
      on: {
        'update.stage': {
          actions: 'escalate',
          description: 'joins the check in flight and goes on to stage',
        },
      },
      invoke: {
        id: 'checkRegistry',
        src: 'checkRegistry',
        input: ({ context }) => ({ origin: context.origin }),
        onDone: [
          {
            guard: { type: 'isUpToDate', params: answer },
            target: '#update.resting.upToDate',
            actions: { type: 'recordAnswer', params: answer },
          },
          {
            guard: { type: 'isAlreadyStaged', params: answer },
            target: '#update.resting.alreadyStaged',
            actions: { type: 'recordAnswer', params: answer },
          },
          {
            guard: { type: 'isBadVersion', params: answer },
            target: '#update.resting.badVersion',
            actions: { type: 'recordAnswer', params: answer },
          },
          {
            guard: { type: 'isIncompatible', params: answer },
            target: '#update.resting.incompatible',
            actions: { type: 'recordAnswer', params: answer },
          },
          {
            guard: { type: 'isNewlyOutgrown', params: answer },
            target: '#update.resting.outgrown',
            actions: [{ type: 'recordAnswer', params: answer }, 'recordOutgrown', 'tellOutgrown'],
            description: 'the host is told once for each version',
          },
          {
            guard: { type: 'isOutgrown', params: answer },
            target: '#update.resting.outgrown',
            actions: { type: 'recordAnswer', params: answer },
          },
          {
            guard: { type: 'isOnlyAsked', params: answer },
            target: '#update.resting.available',
            actions: { type: 'recordAnswer', params: answer },
          },
          {
            guard: { type: 'isDeferred', params: answer },
            target: '#update.resting.deferred',
            actions: { type: 'recordAnswer', params: answer },
          },
          {
            guard: { type: 'isAdoptable', params: answer },
            target: 'adopting',
            actions: { type: 'recordAnswer', params: answer },
            description: 'a finished folder of this version is there, only the pointer was not written',
          },
          {
            target: 'downloading',
            actions: { type: 'recordAnswer', params: answer },
            description: 'a newer version is on offer',
          },
        ],
        onError: abandon,
      },
    },
    adopting: {
      description: 'Checks every byte of the finished folder instead of downloading it again (U-10).',
      invoke: {
        id: 'adoptFolder',
        src: 'adoptFolder',
        input: scratchInput,
        onDone: { target: 'committingPointer', actions: { type: 'recordTree', params: tree } },
        onError: [
          {
            guard: 'isHeldBack',
            target: '#update.resting.deferred',
            actions: 'recordHeldBack',
            description: 'the folder is damaged, and by now nothing may be downloaded',
          },
          { target: 'downloading', description: 'the folder is damaged: staged anew' },
        ],
      },
    },
    downloading: {
      description: 'The tarball into the scratch folder; only bytes with the announced SHA-512 are opened.',
      invoke: {
        id: 'download',
        src: 'download',
        input: scratchInput,
        onDone: { target: 'extracting' },
        onError: abandon,
      },
    },
    extracting: {
      description: 'Strict unpacking with the hash of every file taken while it is written.',
      invoke: {
        id: 'extract',
        src: 'extract',
        input: scratchInput,
        onDone: { target: 'stagingNativeDeps' },
        onError: abandon,
      },
    },
    stagingNativeDeps: {
      description: 'The native modules that the new version will need.',
      initial: 'matching',
      states: {
        matching: {
          description:
            'Does what the bundle has fit the executable? Else a tree for its ABI is looked for, or installed.',
          invoke: {
            id: 'matchNatives',
            src: 'matchNatives',
            input: scratchInput,
            onDone: [
              {
                guard: { type: 'isGateClosed', params: match },
                target: '#update.cleaning',
                actions: { type: 'recordFailure', params: closedBy },
                description: 'nothing is staged that could not be launched here',
              },
              { target: 'copying' },
            ],
            onError: abandon,
          },
        },
        copying: {
          description: 'Copies those of the bundle, links followed.',
          invoke: {
            id: 'stageNatives',
            src: 'stageNatives',
            input: scratchInput,
            onDone: { target: '#update.working.verifying' },
            onError: abandon,
          },
        },
      },
    },
    verifying: {
      description:
        'Compares the tree with the list of the tarball, writes the tree list, flushes everything.',
      invoke: {
        id: 'verifyTree',
        src: 'verifyTree',
        input: scratchInput,
        onDone: { target: 'committingPointer', actions: { type: 'recordTree', params: tree } },
        onError: abandon,
      },
    },
    committingPointer: {
      description: 'Renames the folder into its place, then replaces the pointer: the one step that counts.',
      on: { 'update.cancel': { description: 'too late: a commit is finished, not interrupted' } },
      invoke: {
        id: 'commitPointer',
        src: 'commitPointer',
        input: ({ context }) => ({ ...scratchInput({ context }), tree: context.tree ?? '' }),
        onDone: [
          {
            guard: { type: 'wasOvertaken', params: ({ event }) => event.output },
            target: '#update.resting.upToDate',
            actions: { type: 'recordOvertaken', params: ({ event }) => event.output },
            description: 'another process has staged a newer version meanwhile',
          },
          {
            target: '#update.resting.staged',
            actions: { type: 'recordCommit', params: ({ event }) => event.output },
          },
        ],
        onError: abandon,
      },
    },
  },
});
