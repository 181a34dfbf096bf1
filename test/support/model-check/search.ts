import { childMoves } from './child-moves.ts';
import { launchMoves } from './launch-moves.ts';
import { type Move, type Scene, sceneOf } from './move.ts';
import { orderMoves } from './order-moves.ts';
import { bereaved, outsideMoves } from './outside-moves.ts';
import type { Charts, Product, Turn } from './product.ts';
import { react } from './reactions.ts';
import { updateMoves } from './update-moves.ts';
import { verdictMoves } from './verdict-moves.ts';
import { keyOf, type Scope, type World } from './world.ts';

export type State = { readonly charts: Charts; readonly world: World };
/** Whose effects bring a state on. */
export type Side = 'launch' | 'update' | 'orders' | 'outside';
/** One way on from a state. */
export type Way = State &
  Pick<Move, 'label' | 'kind' | 'foul'> & { readonly side: Side; readonly broken: readonly string[] };

/** The state after a turn of the charts, and the rules that it breaks. */
export const taken = (turn: Turn, world: World): { state: State; broken: readonly string[] } => {
  const reaction = react(world, turn.outward);
  return { state: { charts: turn.charts, world: reaction.world }, broken: reaction.broken };
};

/** A boot: all charts anew on the store as it is. */
export const boot = (product: Product, world: World): State => taken(product.begin(), world).state;

const follow = (product: Product, charts: Charts, side: Side, move: Move): Way => {
  const { label, kind, foul, world } = move;
  if (move.to === null || move.fact === null)
    return { charts, world: react(world, []).world, label, kind, foul, side, broken: [] };
  const { state, broken } = taken(product.deliver(charts, move.to, move.fact), world);
  return {
    ...state,
    label,
    kind,
    foul,
    side: kind === 'time' ? (move.to === 'launch' ? 'launch' : 'update') : side,
    broken,
  };
};

const deaths = (product: Product, scope: Scope, world: World): Way[] => {
  if (!scope.upheavals.has('death')) return [];
  const outlives = world.child?.phase === 'alive' ? [false, true] : [false];
  return outlives.map(alive => ({
    ...boot(product, bereaved(world, alive)),
    label: `world: the shell dies${alive ? ', its child does not' : ''}`,
    kind: 'upheaval' as const,
    foul: true,
    side: 'outside' as const,
    broken: [],
  }));
};

const sidesOf = (scene: Scene): readonly (readonly [Side, readonly Move[]])[] => [
  ['launch', launchMoves(scene)],
  ['launch', verdictMoves(scene)],
  ['launch', childMoves(scene)],
  ['update', updateMoves(scene)],
  ['orders', orderMoves(scene)],
  ['outside', outsideMoves(scene)],
];

/** What effects, children, the host and the world may do next; the death of the shell is apart. */
export const movesOn = (scope: Scope, { charts, world }: State): Move[] =>
  sidesOf(sceneOf(scope, world, charts)).flatMap(([, moves]) => moves);

/** Everything that may happen next. */
const waysOn = (product: Product, scope: Scope, { charts, world }: State): Way[] => {
  const ways = sidesOf(sceneOf(scope, world, charts)).flatMap(([side, moves]) =>
    moves.map(move => follow(product, charts, side, move)),
  );
  return [...ways, ...deaths(product, scope, world)];
};

export type Kind = Move['kind'];
const kinds: readonly Kind[] = ['effect', 'child', 'time', 'command', 'upheaval'];
const sides: readonly Side[] = ['launch', 'update', 'orders', 'outside'];
export type Sort = { readonly kind: Kind; readonly side: Side; readonly foul: boolean };
const sortOf = ({ kind, side, foul }: Sort): number =>
  kinds.indexOf(kind) + 8 * sides.indexOf(side) + (foul ? 64 : 0);
export const sorts: readonly Sort[] = Array.from({ length: 128 }, (_, sort) => ({
  kind: kinds[sort % 8] ?? 'effect',
  side: sides[(sort >> 3) % 8] ?? 'outside',
  foul: sort >= 64,
}));

/** All that was reached. Edges lie one behind the other, those of one state together. */
export type Graph = {
  readonly states: readonly State[];
  readonly depth: number;
  /** Where the edges of a state begin; one more entry than states. */
  readonly first: readonly number[];
  readonly target: readonly number[];
  /** Place in `sorts`. */
  readonly sort: readonly number[];
  /** The shortest way to a state, as lines. */
  readonly pathTo: (state: number) => readonly string[];
  readonly labelOf: (edge: number) => string;
  readonly broken: readonly { readonly rule: string; readonly path: readonly string[] }[];
};

export type Watch = (before: State, way: Way) => readonly string[];

const shown = 5;

/** Breadth first, so that the first counterexample is a shortest one. Throws where the limit does not suffice. */
export const search = (product: Product, scope: Scope, watch: Watch, limit: number): Graph => {
  const states: State[] = [];
  /** By charts, then by world. */
  const known: Map<number, number>[] = [];
  const worlds = new Map<string, number>();
  const places = new WeakMap<World, number>();
  const from: number[] = [];
  const via: number[] = [];
  const labels: string[] = [];
  const labelIds = new Map<string, number>();
  const first: number[] = [];
  const target: number[] = [];
  const sort: number[] = [];
  const label: number[] = [];
  const found = new Map<string, readonly string[]>();

  const labelId = (text: string): number => {
    const earlier = labelIds.get(text);
    if (earlier !== undefined) return earlier;
    labelIds.set(text, labels.length);
    return labels.push(text) - 1;
  };
  const placeOf = (world: World): number => {
    const seen = places.get(world);
    if (seen !== undefined) return seen;
    const key = keyOf(world);
    const place = worlds.get(key) ?? worlds.size;
    worlds.set(key, place);
    places.set(world, place);
    return place;
  };
  const reach = ({ charts, world }: State, parent: number, by: number): number => {
    const place = placeOf(world);
    known[charts.id] ??= new Map();
    const earlier = known[charts.id]?.get(place);
    if (earlier !== undefined) return earlier;
    const state = states.push({ charts, world }) - 1;
    if (state >= limit) throw new Error(`${scope.title}: more than ${limit} states`);
    known[charts.id]?.set(place, state);
    from.push(parent);
    via.push(by);
    return state;
  };
  const pathTo = (state: number): readonly string[] => {
    const path: string[] = [];
    for (let at = state; (from[at] ?? -1) >= 0; at = from[at] ?? -1) path.push(labels[via[at] ?? 0] ?? '');
    return path.reverse();
  };

  for (const store of scope.stores) reach(boot(product, store), -1, -1);
  let depth = 0;
  let layerEnd = states.length;
  for (let at = 0; at < states.length; at += 1) {
    if (at === layerEnd) {
      depth += 1;
      layerEnd = states.length;
    }
    first.push(target.length);
    const before = states[at];
    if (before === undefined) break;
    for (const way of waysOn(product, scope, before)) {
      const by = labelId(way.label);
      target.push(reach(way, at, by));
      sort.push(sortOf(way));
      label.push(by);
      for (const rule of [...way.broken, ...watch(before, way)]) {
        if (!found.has(rule) && found.size < shown) found.set(rule, [...pathTo(at), way.label]);
      }
    }
  }
  first.push(target.length);
  return {
    states,
    depth,
    first,
    target,
    sort,
    pathTo,
    labelOf: edge => labels[label[edge] ?? 0] ?? '',
    broken: [...found].map(([rule, path]) => ({ rule, path })),
  };
};
