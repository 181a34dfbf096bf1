import type { AnyStateMachine, AnyStateNode } from 'xstate';

type Table = Readonly<Record<string, unknown>>;
type Names = Readonly<Record<'actions' | 'actors' | 'guards' | 'delays', ReadonlySet<string>>>;

const stateKeys = new Set(
  'id initial type states on after always entry exit invoke tags description output context options schemas'.split(
    ' ',
  ),
);
const transitionKeys = new Set('target guard actions description reenter'.split(' '));
const invokeKeys = new Set('id src input systemId onDone onError onSnapshot'.split(' '));

const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const table = (value: unknown): Table => (isTable(value) ? value : {});
const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

const strangers = (value: Table, known: ReadonlySet<string>): string[] =>
  Object.keys(value)
    .filter(key => !known.has(key))
    .map(key => `unknown key '${key}'`);

/** The name of an action or guard: a string, or `{type}`. Anything else is code inside the chart. */
const reference = (value: unknown, names: ReadonlySet<string>, what: string): string[] => {
  const name = isTable(value) ? value.type : value;
  if (typeof name !== 'string') return [`inline ${what}`];
  return names.has(name) ? [] : [`unknown ${what} '${name}'`];
};
const actions = (value: unknown, names: Names): string[] =>
  list(value).flatMap(action => reference(action, names.actions, 'action'));

const lintTransition = (edge: string, value: unknown, names: Names): string[] => {
  const transition: Table = isTable(value) ? value : { target: value };
  const idle = transition.target === undefined && transition.actions === undefined;
  const unexplained = transition.description === undefined;
  return [
    ...strangers(transition, transitionKeys),
    ...actions(transition.actions, names),
    ...(transition.guard === undefined ? [] : reference(transition.guard, names.guards, 'guard')),
    ...(idle && unexplained ? ['an event that is swallowed without a reason'] : []),
    ...(edge === 'onError' && transition.actions === undefined && unexplained
      ? ['a fault that is neither recorded nor explained']
      : []),
  ].map(fault => `${edge}: ${fault}`);
};
const lintTransitions = (edge: string, value: unknown, names: Names): string[] =>
  list(value).flatMap(transition => lintTransition(edge, transition, names));

const lintInvoke = (value: unknown, names: Names): string[] => {
  const invoke = table(value);
  const { src } = invoke;
  return [
    ...strangers(invoke, invokeKeys),
    ...(typeof src === 'string' && names.actors.has(src) ? [] : [`unknown actor '${String(src)}'`]),
    ...(invoke.id === src ? [] : [`the id of '${String(src)}' is not its name`]),
    ...(invoke.onError === undefined ? [`'${String(src)}' has no onError`] : []),
    ...['onDone', 'onError', 'onSnapshot'].flatMap(edge => lintTransitions(edge, invoke[edge], names)),
  ];
};

const lintNode = (node: AnyStateNode, names: Names): string[] => {
  const config = table(node.config);
  const delays = Object.keys(table(config.after));
  const { initial } = config;
  const children = Object.keys(table(config.states));
  return [
    ...strangers(config, stateKeys),
    ...(typeof config.description === 'string' ? [] : ['no description']),
    ...(initial !== undefined && !children.includes(String(initial))
      ? [`no initial '${String(initial)}'`]
      : []),
    ...(children.length > 0 && initial === undefined && config.type !== 'parallel' ? ['no initial'] : []),
    ...delays.filter(delay => !names.delays.has(delay)).map(delay => `unknown delay '${delay}'`),
    ...actions(config.entry, names),
    ...actions(config.exit, names),
    ...list(config.invoke).flatMap(invoke => lintInvoke(invoke, names)),
    ...lintTransitions('always', config.always, names),
    ...[config.on, config.after].flatMap(edges =>
      Object.entries(table(edges)).flatMap(([edge, value]) => lintTransitions(edge, value, names)),
    ),
  ].map(fault => `${node.id}: ${fault}`);
};

export const nodesOf = (node: AnyStateNode): AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(child => nodesOf(child)),
];

/** What the compiler lets pass in a chart: misspelt delays, keys and initial states, code where a name belongs. */
export const lint = (machine: AnyStateMachine): string[] => {
  const { actions: a, actors, guards, delays } = machine.implementations;
  const keys = (value: unknown) => new Set(Object.keys(table(value)));
  const names: Names = { actions: keys(a), actors: keys(actors), guards: keys(guards), delays: keys(delays) };
  return nodesOf(machine.root).flatMap(node => lintNode(node, names));
};
