import type { AnyStateMachine } from 'xstate';
import { launchMachine, supervisorMachine, updateMachine } from '#machines/index.js';

/** Every chart of the package, in the order in which a reader meets them. */
export const charts: readonly AnyStateMachine[] = [updateMachine, launchMachine, supervisorMachine];
