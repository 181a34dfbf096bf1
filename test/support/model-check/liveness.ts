import type { LaunchContext } from '#machines/launch.js';
import { isHealthy, isStarting } from './rules.ts';
import { type Graph, type Sort, type State, sorts } from './search.ts';
import { nameOf, type Scope } from './world.ts';

export type Flaw = { readonly rule: string; readonly path: readonly string[] };
type Edge = { readonly from: number; readonly to: number; readonly sort: Sort; readonly label: string };
type Choose = (edge: Edge) => boolean;

const sortAt = (graph: Graph, edge: number): Sort => {
  const sort = sorts[graph.sort[edge] ?? 0];
  if (sort === undefined) throw new Error('an edge of no sort');
  return sort;
};

const edgesOf = function* (graph: Graph, from: number): Generator<Edge> {
  const end = graph.first[from + 1] ?? 0;
  for (let edge = graph.first[from] ?? 0; edge < end; edge += 1) {
    const to = graph.target[edge] ?? 0;
    yield { from, to, sort: sortAt(graph, edge), label: graph.labelOf(edge) };
  }
};

/** The first states, at most one a rule, for which something does not hold. */
const firstOf = (graph: Graph, rule: string, holds: (state: State, at: number) => boolean): Flaw[] => {
  const at = graph.states.findIndex((state, index) => !holds(state, index));
  return at < 0 ? [] : [{ rule, path: graph.pathTo(at) }];
};

/** Which states can reach one of the goals. */
const reaching = (graph: Graph, isGoal: (state: State) => boolean): Uint8Array => {
  const count = graph.states.length;
  const incoming = new Int32Array(count + 1);
  for (const to of graph.target) incoming[to + 1] = (incoming[to + 1] ?? 0) + 1;
  for (let at = 0; at < count; at += 1) incoming[at + 1] = (incoming[at + 1] ?? 0) + (incoming[at] ?? 0);
  const fill = incoming.slice();
  const sources = new Int32Array(graph.target.length);
  for (let from = 0; from < count; from += 1) {
    for (let edge = graph.first[from] ?? 0; edge < (graph.first[from + 1] ?? 0); edge += 1) {
      const to = graph.target[edge] ?? 0;
      sources[fill[to] ?? 0] = from;
      fill[to] = (fill[to] ?? 0) + 1;
    }
  }
  const reached = new Uint8Array(count);
  const open = graph.states.flatMap((state, at) => (isGoal(state) ? [at] : []));
  for (const at of open) reached[at] = 1;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (let place = incoming[at] ?? 0; place < (incoming[at + 1] ?? 0); place += 1) {
      const source = sources[place] ?? 0;
      if (reached[source] === 1) continue;
      reached[source] = 1;
      open.push(source);
    }
  }
  return reached;
};

/** The strongly connected component of each state by the chosen edges (Tarjan, without recursion). */
const components = (graph: Graph, choose: Choose): Int32Array => {
  const count = graph.states.length;
  const component = new Int32Array(count).fill(-1);
  const order = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const stack: number[] = [];
  let next = 0;
  let name = 0;
  for (let root = 0; root < count; root += 1) {
    if ((order[root] ?? 0) >= 0) continue;
    const work = [{ at: root, edges: edgesOf(graph, root) }];
    order[root] = low[root] = next++;
    stack.push(root);
    while (work.length > 0) {
      const top = work[work.length - 1];
      if (top === undefined) break;
      const { value: edge, done } = top.edges.next();
      if (done !== true) {
        if (!choose(edge)) continue;
        const { to } = edge;
        if ((order[to] ?? 0) < 0) {
          order[to] = low[to] = next++;
          stack.push(to);
          work.push({ at: to, edges: edgesOf(graph, to) });
        } else if (component[to] === -1) low[top.at] = Math.min(low[top.at] ?? 0, order[to] ?? 0);
        continue;
      }
      work.pop();
      const parent = work[work.length - 1];
      if (parent !== undefined) low[parent.at] = Math.min(low[parent.at] ?? 0, low[top.at] ?? 0);
      if (low[top.at] !== order[top.at]) continue;
      for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
        component[member] = name;
        if (member === top.at) break;
      }
      name += 1;
    }
  }
  return component;
};

/** Does a cycle of the chosen edges take one that the second test names? */
const cycles = (graph: Graph, rule: string, choose: Choose, counts: Choose = () => true): Flaw[] => {
  const component = components(graph, choose);
  for (let from = 0; from < graph.states.length; from += 1) {
    for (const edge of edgesOf(graph, from)) {
      if (!choose(edge) || !counts(edge) || component[from] !== component[edge.to]) continue;
      return [{ rule, path: [...graph.pathTo(from), `again and again: ${edge.label}`] }];
    }
  }
  return [];
};

const has = (graph: Graph, at: number, choose: Choose): boolean => {
  for (const edge of edgesOf(graph, at)) if (choose(edge)) return true;
  return false;
};

const worksByItself: Choose = ({ sort }) => sort.kind === 'effect' || sort.kind === 'child';
const isFair: Choose = ({ sort }) => (sort.kind === 'time' || worksByItself({ sort } as Edge)) && !sort.foul;

/** On its way up: nothing is up, the bundled version has not failed in this launch, and what was up has not ended. */
const isPending = (state: State): boolean => {
  const { launch } = state.charts;
  const spent = (launch?.snapshot.context as LaunchContext | undefined)?.failed.includes(nameOf(0)) === true;
  return isStarting(state) && !isHealthy(state) && !spent && launch?.snapshot.matches('concluding') !== true;
};

/** P-06, P-28: with a sound bundled runtime each launch that the world lets go on ends with a runtime that is up. */
const recovers = (graph: Graph): Flaw[] => {
  const pending = graph.states.map(isPending);
  const stays: Choose = edge => isFair(edge) && pending[edge.from] === true && pending[edge.to] === true;
  const launching: Choose = ({ sort }) => sort.side === 'launch';
  const lost = graph.states.findIndex(
    (_, at) =>
      pending[at] === true &&
      has(graph, at, edge => {
        const state = graph.states[edge.to];
        return isFair(edge) && pending[edge.to] !== true && state !== undefined && !isHealthy(state);
      }),
  );
  return [
    ...cycles(graph, 'P-28: a launch goes in circles', stays, launching),
    ...firstOf(
      graph,
      'P-06: a launch stands still',
      (_, at) => pending[at] !== true || has(graph, at, edge => isFair(edge) && launching(edge)),
    ),
    ...(lost < 0
      ? []
      : [{ rule: 'P-06: a launch is lost although the bundled runtime is sound', path: graph.pathTo(lost) }]),
  ];
};

/** What only the whole graph can tell. */
export const livenessFlaws = (graph: Graph, { bundled, commands }: Scope): Flaw[] => {
  const reached = commands.has('start') && bundled !== 'none' ? reaching(graph, isHealthy) : null;
  return [
    ...(reached === null
      ? []
      : firstOf(graph, 'P-06: no way back to a running runtime', (_, at) => reached[at] === 1)),
    ...(bundled === 'sound' ? recovers(graph) : []),
    ...cycles(graph, 'P-28: a cycle without progress', worksByItself),
    ...firstOf(
      graph,
      'U-11: a check that was asked for is never answered',
      ({ world }, at) =>
        !world.owed || has(graph, at, edge => worksByItself(edge) && edge.sort.side === 'update'),
    ),
    ...firstOf(
      graph,
      'deadlock: a launch that nothing brings on',
      ({ charts }, at) => charts.launch === null || has(graph, at, ({ sort }) => sort.side === 'launch'),
    ),
    ...firstOf(
      graph,
      'deadlock: an order that is never answered',
      ({ charts }, at) =>
        !charts.supervisor.slots.has('changeStore') || has(graph, at, ({ sort }) => sort.side === 'orders'),
    ),
  ];
};
