export type * from './contract.ts';
export type { Blame, Failure, FailureCode } from './failure.ts';
export { blameByCode, failureOf, isRetryable } from './failure.ts';
export type { LaunchEvent, LaunchInput, LaunchOutput, RuntimeInput, RuntimeOrder } from './launch.ts';
export { defaultLaunchInput, launchMachine } from './launch.ts';
export type { NativesEmitted, NativesEvent, NativesInput } from './natives.ts';
export { nativesMachine } from './natives.ts';
export type {
  PluginInstallEmitted,
  PluginInstallEvent,
  PluginInstallInput,
} from './plugin-install.ts';
export { pluginInstallMachine } from './plugin-install.ts';
export type { Schedule } from './schedule.ts';
export { backoffDelay, defaultSchedule, firstCheckDelay, nextCheckDelay } from './schedule.ts';
export type { StoreChange, StoreOrder, StoreResult, SupervisorEvent, SupervisorInput } from './supervisor.ts';
export { supervisorMachine } from './supervisor.ts';
export type { UpdateEvent, UpdateInput, UpdateResult } from './update.ts';
export { updateMachine } from './update.ts';
export { judge, judgeAll } from './verdict.ts';
