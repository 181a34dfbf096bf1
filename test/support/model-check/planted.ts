import { type AnyStateMachine, createMachine } from 'xstate';
import { type Machines, realMachines } from './product.ts';
import { scopeOf, staged } from './scopes.ts';
import type { Scope } from './world.ts';

type Table = Record<string, unknown>;
const table = (value: unknown): Table => {
  if (typeof value === 'object' && value !== null) return value as Table;
  throw new Error('a planted fault finds no place');
};

/** A copy down to the functions, which are shared. */
const copied = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(copied);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copied(inner)]));
};

/** A chart with another value at a place: keys of its configuration, or numbers in a list, separated by a blank. */
export const replanted = (machine: AnyStateMachine, path: string, value: unknown): AnyStateMachine => {
  const config = table(copied(machine.config));
  const keys = path.split(' ');
  const last = keys.pop() ?? '';
  const place = keys.reduce((at, key) => table(at[key]), config);
  if (!(last in place)) throw new Error(`a planted fault finds no ${path}`);
  if (value === undefined) delete place[last];
  else place[last] = value;
  return createMachine(config as never, machine.implementations as never);
};

export type Fault = {
  readonly title: string;
  readonly chart: keyof Machines;
  /** Keys of the chart's configuration, separated by a blank. */
  readonly path: string;
  /** Undefined: it is taken out. */
  readonly value?: unknown;
  /** It shows only where the bundled runtime may fail, too. */
  readonly moody?: true;
  /** One of the rules that must notice. */
  readonly noticed: string;
};

/** The charts with one fault. */
export const plant = ({ chart, path, value }: Fault): Machines => ({
  ...realMachines,
  [chart]: replanted(realMachines[chart], path, value),
});

export const faults: readonly Fault[] = [
  {
    title: 'a restart that lets go of the child',
    chart: 'launch',
    path: 'states alive on launch.restart',
    value: { target: '#launch.override' },
    noticed: 'P-30',
  },
  {
    title: 'the end of a failed child that nobody hears',
    chart: 'launch',
    path: 'states alive states ending on runtime.exited',
    noticed: 'deadlock',
  },
  {
    title: 'a fallback that forgets what has failed',
    chart: 'launch',
    path: 'states fallback always',
    value: [{ target: 'override', actions: 'beginAnew' }],
    noticed: 'P-28',
  },
  {
    title: 'a probe that leads nowhere',
    chart: 'launch',
    path: 'states alive states controlRun invoke onDone',
    value: [],
    noticed: 'P-06',
  },
  {
    title: 'verdicts before the control run',
    chart: 'launch',
    path: 'states givingUp entry',
    value: 'judgePassed',
    moody: true,
    noticed: 'L-06: a version is marked without a control run',
  },
  {
    title: 'a launch whose end the supervisor does not hear',
    chart: 'supervisor',
    path: 'states runtime states launched on launch.over',
    noticed: 'P-06',
  },
  {
    title: 'a commit that can be cancelled',
    chart: 'update',
    path: 'states working states committingPointer on',
    value: {},
    noticed: 'C-03',
  },
  {
    title: 'a clean-up without an end',
    chart: 'update',
    path: 'states cleaning invoke onDone',
    value: [],
    noticed: 'U-11',
  },
  {
    title: 'a check that tells nothing',
    chart: 'update',
    path: 'states resting states alreadyStaged entry',
    noticed: 'U-11',
  },
  {
    title: 'a restart that is not heard while something starts',
    chart: 'supervisor',
    path: 'states runtime states launched states starting on supervisor.restart',
    noticed: 'S-06: a condemned version stays up',
  },
];

const scopes: Readonly<Record<keyof Machines, Scope>> = {
  launch: scopeOf({ title: 'a launch', commands: ['start', 'restart'], stores: [staged] }),
  update: scopeOf({ title: 'an update', commands: ['update', 'cancel'] }),
  supervisor: scopeOf({ title: 'a rollback', commands: ['start', 'rollback'], stores: [staged] }),
};

const moodyLaunch = scopeOf({
  title: 'a launch that may fail',
  bundled: 'moody',
  commands: ['start'],
  stores: [staged],
});

/** A small world in which a fault must show. */
export const scopeFor = ({ chart, moody }: Fault): Scope => (moody === true ? moodyLaunch : scopes[chart]);
