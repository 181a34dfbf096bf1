import type { AnyStateMachine } from 'xstate';
import { defaultLaunchInput, type LaunchInput, launchMachine } from '#machines/launch.js';
import type { Schedule } from '#machines/schedule.js';
import { supervisorMachine } from '#machines/supervisor.js';
import { updateMachine } from '#machines/update.js';
import { type Chart, createChart, type Demand, type Fact, type Moment } from './chart-steps.ts';
import { launchEssence, supervisorEssence, updateEssence } from './essence.ts';
import { fact, factOf, inOrder } from './fact.ts';

export type Name = 'supervisor' | 'launch' | 'update';

/** The three charts at one moment; a chart that is not there is null. */
export type Charts = {
  readonly id: number;
  readonly supervisor: Moment;
  readonly launch: Moment | null;
  readonly update: Moment | null;
};
/** What charts demand of effects, and tell their hosts. */
export type Outward = Demand & { readonly chart: Name };
export type Turn = { readonly charts: Charts; readonly outward: readonly Outward[] };

export type Machines = {
  readonly supervisor: AnyStateMachine;
  readonly launch: AnyStateMachine;
  readonly update: AnyStateMachine;
};
export const realMachines: Machines = {
  supervisor: supervisorMachine,
  launch: launchMachine,
  update: updateMachine,
};

export type Product = {
  begin(): Turn;
  deliver(charts: Charts, to: Name, fact: Fact): Turn;
  size(): Readonly<Record<Name, { readonly states: number; readonly steps: number }>>;
};

type Cell = { moment: Moment | null; readonly queue: Fact[]; busy: boolean };
type Child = Exclude<Name, 'supervisor'>;
const isChild = (slot: string): slot is Child => slot === 'launch' || slot === 'update';

/** What the supervisor can see of a child's snapshot: its tags and what it has staged. */
const sightOf = (name: Child, { snapshot }: Moment): Fact => {
  const result = (snapshot.context as { result?: { kind: string; version?: string } | null }).result;
  const staged = result?.kind === 'staged' ? result.version : '-';
  return fact(
    `snapshot of ${name}: ${inOrder(snapshot.tags)} ${staged}`,
    () =>
      ({
        type: `xstate.snapshot.${name}`,
        snapshot,
      }) as never,
  );
};

const endOf = (name: Child, { snapshot }: Moment): Fact =>
  factOf({ type: `xstate.done.actor.${name}`, output: snapshot.output as unknown, actorId: name } as never);

/**
 * The charts joined as XState joins them: an event is worked off at once, with all that it sends, unless its chart is at
 * work already: then it waits in that chart's mailbox.
 */
export const createProduct = (
  schedule: Schedule | null,
  machines: Machines = realMachines,
  launch: Partial<LaunchInput> = {},
): Product => {
  const charts: Record<Name, Chart> = {
    supervisor: createChart(machines.supervisor, supervisorEssence),
    launch: createChart(machines.launch, launchEssence),
    update: createChart(machines.update, updateEssence),
  };
  const triples = new Map<string, Charts>();
  /** By the number of the three charts: in one map for all, whose keys are no small integers, a look-up takes longer. */
  const known: Map<number, Turn>[] = [];

  const tripleOf = (cells: Record<Name, Cell>): Charts => {
    const { supervisor, launch: below, update } = cells;
    if (supervisor.moment === null) throw new Error('the supervisor has ended');
    const key = `${supervisor.moment.id} ${below.moment?.id} ${update.moment?.id}`;
    const earlier = triples.get(key);
    if (earlier !== undefined) return earlier;
    const triple: Charts = {
      id: triples.size,
      supervisor: supervisor.moment,
      launch: below.moment,
      update: update.moment,
    };
    triples.set(key, triple);
    return triple;
  };

  const play = (
    before: Charts | null,
    first: (
      send: (to: Name, what: Fact) => void,
      cells: Record<Name, Cell>,
      obey: (name: Name, demands: readonly Demand[]) => void,
    ) => void,
  ): Turn => {
    const cell = (moment: Moment | null | undefined): Cell => ({
      moment: moment ?? null,
      queue: [],
      busy: false,
    });
    const cells: Record<Name, Cell> = {
      supervisor: cell(before?.supervisor),
      launch: cell(before?.launch),
      update: cell(before?.update),
    };
    const outward: Outward[] = [];

    const end = (name: Child): void => {
      const { moment } = cells[name];
      if (moment === null) return;
      for (const slot of moment.slots.keys()) outward.push({ chart: name, kind: 'abort', slot });
      cells[name].moment = null;
      cells[name].queue.length = 0;
    };
    const report = (name: Child): void => {
      const { moment } = cells[name];
      if (moment === null) return;
      const active = moment.snapshot.status === 'active';
      if (!active) end(name);
      send('supervisor', active ? sightOf(name, moment) : endOf(name, moment));
    };
    const spawn = (name: Child, input: unknown): void => {
      const { next, demands } = charts[name].begin(input);
      cells[name] = { moment: next, queue: [], busy: true };
      obey(name, demands);
      report(name);
      work(name);
    };
    const obey = (name: Name, demands: readonly Demand[]): void => {
      for (const demand of demands) {
        if (demand.kind === 'begin' && isChild(demand.slot)) spawn(demand.slot, demand.input);
        else if (demand.kind === 'abort' && isChild(demand.slot)) end(demand.slot);
        else if (demand.kind === 'send' && isChild(demand.to)) send(demand.to, factOf(demand.event));
        else outward.push({ chart: name, ...demand });
      }
    };
    const work = (name: Name): void => {
      const at = cells[name];
      at.busy = true;
      for (let next = at.queue.shift(); next !== undefined; next = at.queue.shift()) {
        if (at.moment === null) break;
        const step = charts[name].step(at.moment, next);
        at.moment = step.next;
        obey(name, step.demands);
        if (name !== 'supervisor') report(name);
      }
      at.busy = false;
    };
    const send = (to: Name, what: Fact): void => {
      const at = cells[to];
      if (at.moment === null) return;
      at.queue.push(what);
      if (!at.busy) work(to);
    };
    first(send, cells, obey);
    return { charts: tripleOf(cells), outward };
  };

  let first: Turn | null = null;
  return {
    begin: () => {
      first ??= play(null, (_, cells, obey) => {
        const input = { schedule, launch: { ...defaultLaunchInput, ...launch } };
        const { next, demands } = charts.supervisor.begin(input);
        cells.supervisor.moment = next;
        obey('supervisor', demands);
      });
      return first;
    },
    deliver: (before, to, what) => {
      const place = to === 'supervisor' ? 0 : to === 'launch' ? 1 : 2;
      const key = what.id * 4 + place;
      known[before.id] ??= new Map();
      const earlier = known[before.id]?.get(key);
      if (earlier !== undefined) return earlier;
      const turn = play(before, send => send(to, what));
      known[before.id]?.set(key, turn);
      return turn;
    },
    size: () => ({
      supervisor: charts.supervisor.size(),
      launch: charts.launch.size(),
      update: charts.update.size(),
    }),
  };
};
