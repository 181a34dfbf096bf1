import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

export type EdgeKind = 'event' | 'done' | 'error' | 'after' | 'always' | 'changed';

/** One arrow of a chart. Both ends are ids of states. */
export type ChartEdge = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  /** What is written on the arrow: the event in words, then the guard. */
  readonly label: readonly string[];
  readonly description: string;
};

/** What a state does with an event without leaving. */
export type Reaction = { readonly label: string; readonly description: string };

export type ChartState = {
  readonly id: string;
  readonly key: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly isInitial: boolean;
  readonly description: string;
  readonly tags: readonly string[];
  /** Names of the effects or charts that work while it is active. */
  readonly invokes: readonly string[];
  readonly reactions: readonly Reaction[];
  readonly children: readonly ChartState[];
};

/** A chart as plain data: what pictures, storyboards and the viewer are made from. */
export type ChartGraph = {
  readonly id: string;
  readonly root: ChartState;
  readonly edges: readonly ChartEdge[];
};

const nameOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null && 'type' in value ? String(value.type) : 'code';
};

const kinds: readonly (readonly [EdgeKind, RegExp, string])[] = [
  ['done', /^xstate\.done\.(?:actor|state)\.(.+)$/, 'done'],
  ['error', /^xstate\.error\.actor\.(.+)$/, 'failed'],
  ['changed', /^xstate\.snapshot\.(.+)$/, 'changed'],
];

/** An event type in words: `download failed`, `after backoff`. */
export const spoken = (type: string): { readonly kind: EdgeKind; readonly text: string } => {
  if (type === '') return { kind: 'always', text: 'at once' };
  const delay = /^xstate\.after\.([^.]+)\./.exec(type)?.[1];
  if (delay !== undefined) return { kind: 'after', text: `after ${delay}` };
  for (const [kind, pattern, word] of kinds) {
    const subject = pattern.exec(type)?.[1];
    if (subject !== undefined) return { kind, text: `${subject} ${word}` };
  }
  return { kind: 'event', text: type };
};

const transitionsOf = (node: AnyStateNode): AnyTransitionDefinition[] => [
  ...[...node.transitions.values()].flat(),
  ...(node.always ?? []),
];

const guardOf = ({ guard }: AnyTransitionDefinition): string[] =>
  guard === undefined ? [] : [`[${nameOf(guard)}]`];

const describe = (transition: AnyTransitionDefinition): string => {
  const description: unknown = transition.description;
  return typeof description === 'string' ? description : '';
};

const reactionsOf = (node: AnyStateNode): Reaction[] =>
  transitionsOf(node)
    .filter(({ target }) => target === undefined)
    .map(transition => {
      const { text } = spoken(transition.eventType);
      const does = transition.actions.map(nameOf).join(', ');
      const label = [text, ...guardOf(transition), does === '' ? '· ignored' : `/ ${does}`].join(' ');
      return { label, description: describe(transition) };
    });

const stateOf = (node: AnyStateNode): ChartState => ({
  id: node.id,
  key: node.key,
  type: node.type,
  isInitial: node.parent?.config.initial === node.key,
  description: node.description ?? '',
  tags: [...node.tags],
  invokes: node.invoke.map(({ src }) => nameOf(src)),
  reactions: reactionsOf(node),
  children: Object.values(node.states).map(child => stateOf(child)),
});

const edgesOf = (node: AnyStateNode): ChartEdge[] => [
  ...transitionsOf(node).flatMap((transition, place) => {
    const { kind, text } = spoken(transition.eventType);
    return (transition.target ?? []).map((target, branch) => ({
      id: `${node.id}#${place}.${branch}`,
      from: node.id,
      to: target.id,
      kind,
      label: [text, ...guardOf(transition)],
      description: describe(transition),
    }));
  }),
  ...Object.values(node.states).flatMap(child => edgesOf(child)),
];

/** A chart as it is: nothing is left out, nothing is added. */
export const chartGraph = (machine: AnyStateMachine): ChartGraph => ({
  id: machine.id,
  root: stateOf(machine.root),
  edges: edgesOf(machine.root),
});
