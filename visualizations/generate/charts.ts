import type { AnyStateMachine } from 'xstate';
import {
  launchMachine,
  nativesMachine,
  pluginInstallMachine,
  supervisorMachine,
  updateMachine,
} from '#machines/index.js';

/** Every chart of the package, in the order in which a reader meets them. */
export const charts: readonly AnyStateMachine[] = [
  updateMachine,
  launchMachine,
  supervisorMachine,
  nativesMachine,
  pluginInstallMachine,
];
