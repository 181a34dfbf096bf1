import { defaultLaunchInput, type LaunchInput } from '../machines/launch.ts';
import { defaultSchedule, type Schedule } from '../machines/schedule.ts';
import { type FollowAddress, followAddress, followWish } from './follow/address.ts';
import { type LaunchSetup, launchSetup, mistake } from './launching/setup.ts';
import type { StagedoorOptions } from './options.ts';
import type { ProxyFor } from './registry/route.ts';
import { defaultLimits, type Limits } from './staging/limits.ts';
import type { FileSystem } from './store/file-system.ts';

/** Everything that `createStagedoor` was told, checked once. */
export type Settings = {
  readonly launch: LaunchSetup;
  readonly launchInput: LaunchInput;
  readonly channel: string;
  readonly registry: string | undefined;
  readonly projectConfig: boolean;
  readonly proxyFor: ProxyFor | undefined;
  readonly systemCertificates: boolean;
  /** The shell's key in `engines`; undefined: nothing is compared. */
  readonly shellName: string | undefined;
  /** Null: no updater at all (C-04). */
  readonly schedule: Schedule | null;
  readonly limits: Limits;
  /** Null: nobody follows. */
  readonly follow: FollowAddress | null;
};

const channelOf = (value: unknown): string => {
  if (value === undefined) return 'latest';
  if (typeof value === 'string' && /^[\w.-]+$/.test(value)) return value;
  throw mistake('channel', value, 'the name of a dist-tag');
};

const registryOf = (value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url.href;
  throw mistake('registry', value, 'an http or https URL');
};

const proxyOf = (value: StagedoorOptions['proxyFor']): ProxyFor | undefined => {
  if (value === undefined || typeof value === 'function') return value;
  throw mistake('proxyFor', value, 'a function');
};

/** Keys of `engines` that speak of something else, or that no JSON object may safely have. */
const noShellNames = new Set(['node', 'npm', '__proto__', 'constructor', 'prototype']);

export const shellNameOf = (value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  const isName = typeof value === 'string' && /^\S(?:.{0,212}\S)?$/.test(value);
  if (isName && !noShellNames.has(value)) return value;
  throw mistake('shellName', value, 'the name of the shell in the engines of a package');
};

const positive = (option: string, value: number): void => {
  if (!Number.isFinite(value) || value < 0) throw mistake(option, value, 'a number that is not negative');
};

const scheduleOf = ({ schedule, updates }: StagedoorOptions): Schedule | null => {
  if (updates !== undefined && typeof updates !== 'boolean') throw mistake('updates', updates, 'a boolean');
  const merged: Schedule = { ...defaultSchedule, ...schedule };
  for (const [name, value] of Object.entries(merged)) positive(`schedule.${name}`, value);
  return updates === false ? null : merged;
};

const limitsOf = (limits: StagedoorOptions['limits']): Limits => {
  const merged: Limits = { ...defaultLimits, ...limits };
  for (const [name, value] of Object.entries(merged)) positive(`limits.${name}`, value);
  return merged;
};

const followOf = (value: unknown): FollowAddress | null => {
  if (value === undefined) return null;
  const address = followAddress(value);
  if (address === null) throw mistake('follow', value, followWish);
  return address;
};

/** Throws a `TypeError` that quotes the option and the value. Touches no disk. */
export const readSettings = (options: StagedoorOptions, fs?: FileSystem): Settings => ({
  launch: launchSetup(options, fs),
  launchInput: defaultLaunchInput,
  channel: channelOf(options.channel),
  registry: registryOf(options.registry),
  projectConfig: options.projectConfig === true,
  proxyFor: proxyOf(options.proxyFor),
  systemCertificates: options.systemCertificates === true,
  shellName: shellNameOf(options.shellName),
  schedule: scheduleOf(options),
  limits: limitsOf(options.limits),
  follow: followOf(options.follow),
});
