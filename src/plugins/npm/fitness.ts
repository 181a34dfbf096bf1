import { StagedoorError } from '../../failure.ts';
import { trustedIntegrity } from '../../registry/manifest.ts';
import { type ExecFacts, incompatibility } from '../../staging/compatibility.ts';
import type { PlannedNode } from './ideal-tree.ts';

/** Names and versions that lead to a package, the plugin first. */
export type Chain = readonly string[];

export const shownChain = (chain: Chain): string => chain.join(' > ');

const fromElsewhere = ({ note: { unfit } }: PlannedNode, chain: Chain): StagedoorError | null => {
  const [ask] = unfit;
  if (ask === undefined) return null;
  const message = `${shownChain(chain)} needs ${ask.as} as ${JSON.stringify(ask.range)}, which is no package of the registry`;
  return new StagedoorError('PACKAGE_INVALID', message, {
    hint: 'Plugins come from a registry, whole: ask the publisher for a version that needs nothing from elsewhere.',
  });
};

const inOneFolder = ({ note: { twins } }: PlannedNode, chain: Chain): StagedoorError | null => {
  if (twins === null) return null;
  const message = `${shownChain(chain)} needs ${twins.join(' and ')}, which are the same folder on some systems`;
  return new StagedoorError('PACKAGE_UNSAFE', message);
};

const otherNode =
  'Choose a version of the plugin that runs with it, or name the executable of the runtime with --exec.';

const otherMachine = (
  { note: { machine } }: PlannedNode,
  chain: Chain,
  facts: ExecFacts | null,
): StagedoorError | null => {
  const reason = incompatibility(machine, facts);
  if (reason === null) return null;
  const { field, wanted, actual } = reason;
  return new StagedoorError(
    'PACKAGE_INVALID',
    `${shownChain(chain)} does not run here: its ${field} is ${wanted}, and this is ${actual}`,
    { hint: field === 'engines' ? otherNode : 'Choose another version of the plugin.' },
  );
};

const untrusted = ({ note: { manifest } }: PlannedNode): StagedoorError | null => {
  try {
    trustedIntegrity(manifest);
    return null;
  } catch (error) {
    if (error instanceof StagedoorError) return error;
    throw error;
  }
};

/** Why a package can't be brought along, whatever the runtime has; null: it can. */
export const unfitness = (node: PlannedNode, chain: Chain, facts: ExecFacts | null): StagedoorError | null =>
  fromElsewhere(node, chain) ??
  inOneFolder(node, chain) ??
  otherMachine(node, chain, facts) ??
  untrusted(node);
