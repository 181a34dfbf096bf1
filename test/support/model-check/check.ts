import { schedule } from '../charts/samples.ts';
import { type Flaw, livenessFlaws } from './liveness.ts';
import { createProduct, type Machines } from './product.ts';
import { rules } from './rules.ts';
import { search } from './search.ts';
import type { Scope } from './world.ts';

export type Checked = {
  readonly states: number;
  readonly edges: number;
  readonly depth: number;
  readonly flaws: readonly Flaw[];
};

/** A world beyond this is no small one; the search says so instead of filling the memory. */
const limit = 1_000_000;

/** Goes through everything that may happen in a scope. The second death counts here: a round less, the same edges. */
export const check = (scope: Scope, machines?: Machines): Checked => {
  const product = createProduct(scope.scheduled ? schedule : null, machines, { crashLimit: 2 });
  const graph = search(product, scope, rules, limit);
  const { depth, states, target, broken } = graph;
  const flaws = [...broken, ...livenessFlaws(graph, scope)];
  return { states: states.length, edges: target.length, depth, flaws };
};

/** A flaw and the shortest way to it, one thing that happens a line. */
export const describeFlaw = ({ rule, path }: Flaw): string => [rule, ...path].join('\n    ');
