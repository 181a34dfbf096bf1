import { createHash } from 'node:crypto';
import type { PluginPlan, PluginWish } from '../../machines/contract.ts';
import type { CoreLock } from '../core-lock/core-lock.ts';
import { StagedoorError } from '../failure.ts';
import { partsOfScratch } from '../store/layout.ts';
import { ownVersion } from '../version.ts';
import type { ResolvedPlugin } from './provider.ts';

/** A pre-release of our own goes on with a dot: semver has one hyphen for all of it. */
const prefix = `${ownVersion}${ownVersion.includes('-') ? '.' : '-'}p`;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const sorted = (items: readonly unknown[]): readonly string[] =>
  items.map(item => JSON.stringify(item)).sort(byText);

/** What belongs to the runtime is left out of an archive: with other names locked, the tree is another one. */
const lockedNames = ({ packages }: CoreLock, { ecosystem }: PluginWish): readonly string[] => {
  const own = packages.filter(one => one.ecosystem === ecosystem);
  const names = own.flatMap(({ name, modules }) => (ecosystem === 'python' ? [name, ...modules] : [name]));
  return [...new Set(names)].sort(byText);
};

/**
 * The name of the folder of a plugin's tree: our version and a digest of what was wished for, of what it is to hold, in any
 * order, of the names that are kept out of it, and of the ABI that it is for. A version to the store's layout, so that another plan is another folder
 * and nothing in use is ever replaced.
 */
export const pluginStamp = (
  wish: PluginWish,
  { version, packages, demands }: ResolvedPlugin,
  lock: CoreLock,
  abi: string | null = null,
): string => {
  const { ecosystem, name, spec } = wish;
  const holds = packages.map(({ name, version, integrity, place }) => [name, version, integrity, place]);
  const asks = demands.map(({ as, name, range, chain }) => [as, name, range, chain]);
  const whole = [ecosystem, name, spec, version, sorted(holds), sorted(asks), lockedNames(lock, wish), abi];
  const digest = createHash('sha256').update(JSON.stringify(whole)).digest('hex').slice(0, 24);
  return `${prefix}${digest}`;
};

/** The stamp of what is being installed: its scratch folder is named for it. */
export const stampOfPlan = ({ scratch }: PluginPlan): string => {
  const parts = partsOfScratch(scratch);
  if (parts !== null) return parts.version;
  throw new StagedoorError('INTERNAL', `${scratch} is no scratch folder`);
};
