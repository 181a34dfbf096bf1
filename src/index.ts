export type { ChartInspector } from './chart-inspection.ts';
export { createPlugins } from './create-plugins.ts';
export { createStagedoor } from './create-stagedoor.ts';
export { StagedoorError } from './failure.ts';
export type { NativeOption, ScheduleOptions, StagedoorOptions } from './options.ts';
export type {
  AddPluginOutcome,
  CheckPluginsOutcome,
  ListPluginsOutcome,
  RemovePluginOutcome,
} from './plugins/outcomes.ts';
export type { Plugins, PluginsOptions } from './plugins/plugins.ts';
export type {
  Explanation,
  ForgiveOutcome,
  LaunchOutcome,
  PinOutcome,
  RestartOutcome,
  RollbackOutcome,
  Stagedoor,
  StagedoorEvents,
  UnpinOutcome,
  UpdateOutcome,
} from './stagedoor.ts';
