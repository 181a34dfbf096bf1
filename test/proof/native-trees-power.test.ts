import { expect, test } from 'vitest';
import { exploreTrees } from '../support/native-trees/power.ts';
import { treeProgramNames, treePrograms } from '../support/native-trees/programs.ts';
import type { Operation } from '../support/power/operation.ts';
import { ran, seed, share } from '../support/proof/run.ts';

const perPrefix = share(10, 300);

test.for(treeProgramNames)(
  'P-35, P-02: what a cut of the power leaves of "%s", at any moment, is a whole tree or none',
  async (name, { task }) => {
    const { states, distinct, broken } = await exploreTrees(treePrograms[name], { perPrefix, seed });
    ran({ task }, states, 'crash states');
    ran({ task }, distinct, 'of them different on disk');
    expect(broken).toEqual([]);
  },
);

const without = (forgotten: (operation: Operation) => boolean) => (operations: readonly Operation[]) =>
  operations.filter(operation => operation.kind !== 'flush' || !forgotten(operation));

test('P-35: an install that forgets to flush its files, its list or the folder that it is renamed into is found out', async () => {
  const program = treePrograms['the first install'];
  const mutants = {
    'no file of the tree': without(
      operation => operation.kind === 'flush' && /\/tree\/node_modules\/.*\.\w+$/.test(operation.path),
    ),
    'not the list': without(
      operation => operation.kind === 'flush' && operation.path.endsWith('.stagedoor-tree.json'),
    ),
    'no folder': without(operation => operation.kind === 'flush' && !/\.\w+$/.test(operation.path)),
  };
  for (const [name, mutate] of Object.entries(mutants)) {
    const { broken } = await exploreTrees(program, { perPrefix: 60, seed, mutate });
    expect(broken, name).not.toEqual([]);
  }
});
