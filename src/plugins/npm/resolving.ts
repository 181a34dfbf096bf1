import npa from 'npm-package-arg';
import type { PluginDemand, PluginPackage, PluginWish } from '../../../machines/contract.ts';
import type { CoreLock } from '../../core-lock/core-lock.ts';
import { isPackageName } from '../../core-lock/naming.ts';
import { byCodeUnits } from '../../core-lock/order.ts';
import { oneLine, StagedoorError } from '../../failure.ts';
import type { NodeSource } from '../../natives/node-source.ts';
import { trustedIntegrity } from '../../registry/manifest.ts';
import type { ExecFacts } from '../../staging/compatibility.ts';
import type { ResolvedPlugin } from '../provider.ts';
import { askOf } from './ask.ts';
import { type Belongings, belongingsOf, isBuiltIn } from './belonging.ts';
import { conflictsOf } from './comparing.ts';
import { type Chain, unfitness } from './fitness.ts';
import { idealTree, type PlannedNode, type PlannedTree } from './ideal-tree.ts';
import { reached, withDependents } from './reach.ts';

/** A registry, how it is reached, and for which executable; `execFacts` null: it does not say what it is. */
export type PluginSource = NodeSource & { readonly execFacts?: ExecFacts | null | undefined };

const demandsOf = ({ note }: PlannedNode, chain: Chain): readonly PluginDemand[] =>
  note.belonging.map(({ as, name, range }) => ({ as, name, range, chain }));

/** What a plugin is asked for by: a version, range or tag of the registry. */
const specOf = ({ name, spec }: PluginWish): string => {
  const wanted = spec ?? 'latest';
  if (
    isPackageName(name) &&
    askOf(name, wanted, false).fromRegistry &&
    npa.resolve(name, wanted).type !== 'alias'
  )
    return wanted;
  const message = `${JSON.stringify(oneLine(`${name}@${wanted}`, 200))} is no package of a registry with a version, range or tag`;
  throw new StagedoorError('VERSION_UNKNOWN', message, {
    hint: 'Name a plugin as NAME, NAME@VERSION or NAME@TAG.',
  });
};

const assertForeign = ({ name }: PluginWish, { copyOf }: Belongings): void => {
  const copy = copyOf(name);
  const owner =
    copy === undefined
      ? isBuiltIn(name)
        ? 'Node itself'
        : null
      : `the runtime (${copy.name}@${copy.version})`;
  if (owner === null) return;
  throw new StagedoorError(
    'PACKAGE_INVALID',
    `${name} belongs to ${owner}: it can't be installed as a plugin`,
    {
      hint: 'Plugins use the copy that is there; nothing needs to be installed.',
    },
  );
};

type Ground = { readonly belongings: Belongings; readonly facts: ExecFacts | null };
type Question = Ground & { readonly tree: PlannedTree };

const isFitting = ({ plugin }: PlannedTree, { belongings, facts }: Ground): boolean =>
  unfitness(plugin, [], facts) === null && conflictsOf(demandsOf(plugin, []), belongings).length === 0;

/** The newest version below that fits, where there is one; what is the matter with an older one is nobody's concern. */
const newestFitting = async (
  source: PluginSource,
  { plugin: { name, version } }: PlannedTree,
  ground: Ground,
  signal: AbortSignal,
): Promise<PlannedTree | null> => {
  try {
    const older = await idealTree(source, { name, spec: `<=${version}` }, ground, signal);
    return isFitting(older, ground) ? older : null;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof StagedoorError) return null;
    throw error;
  }
};

/** What comes along, and the way to it: what nobody needs is left out where it does not fit. */
const chosen = ({ tree, belongings, facts }: Question): ReadonlyMap<PlannedNode, Chain> => {
  const needed = reached(tree, ({ required }) => required);
  for (const [node, chain] of needed) {
    const fault = unfitness(node, chain, facts);
    if (fault !== null) throw fault;
  }
  const conflicts = (node: PlannedNode): boolean => conflictsOf(demandsOf(node, []), belongings).length > 0;
  const extras = [...tree.nodes.values()].filter(node => !needed.has(node));
  const unwanted = extras.filter(node => unfitness(node, [], facts) !== null || conflicts(node));
  const out = withDependents(tree, unwanted);
  return reached(tree, ({ place }) => {
    const node = tree.nodes.get(place);
    return node !== undefined && !out.has(node);
  });
};

const packageOf = ({ name, version, place, note }: PlannedNode): PluginPackage => ({
  name,
  version,
  integrity: trustedIntegrity(note.manifest),
  place,
});

/** The same package at two places asks the same: it is told once. */
const withoutRepeats = (demands: readonly PluginDemand[]): readonly PluginDemand[] => {
  const keyOf = ({ as, name, range, chain }: PluginDemand): string =>
    JSON.stringify([as, name, range, chain.at(-1)]);
  const first = new Map(demands.toReversed().map(demand => [keyOf(demand), demand]));
  return demands.filter(demand => first.get(keyOf(demand)) === demand);
};

export const resolvePlugin = async (
  source: PluginSource,
  wish: PluginWish,
  lock: CoreLock,
  signal: AbortSignal,
): Promise<ResolvedPlugin> => {
  const spec = specOf(wish);
  const belongings = belongingsOf(lock);
  assertForeign(wish, belongings);
  const ground: Ground = { belongings, facts: source.execFacts ?? null };
  const asked = await idealTree(source, { name: wish.name, spec }, ground, signal);
  const isSettled = wish.spec !== null || isFitting(asked, ground);
  const tree = isSettled ? asked : ((await newestFitting(source, asked, ground, signal)) ?? asked);
  const nodes = chosen({ ...ground, tree });
  const others = [...nodes.keys()].filter(node => node !== tree.plugin);
  const packages = [tree.plugin, ...others.sort((a, b) => byCodeUnits(a.place, b.place))].map(packageOf);
  const demands = [...nodes].flatMap(([node, chain]) => demandsOf(node, chain));
  return { version: tree.plugin.version, packages, demands: withoutRepeats(demands) };
};
