import type { StagedoorBridge } from '../../electron/bridge.ts';

type Kind = 'staged' | 'rolled-back' | 'outgrown';

/** What the user has read and put aside, each for one version. */
export type PutAside = {
  readonly has: (kind: Kind, version: string) => boolean;
  readonly add: (kind: Kind, version: string) => void;
};

const createPutAside = (): PutAside => {
  const all = new Set<string>();
  return {
    has: (kind, version) => all.has(`${kind} ${version}`),
    add: (kind, version) => all.add(`${kind} ${version}`),
  };
};

const ofBridge = new WeakMap<StagedoorBridge, PutAside>();

/** One for all banners of a page: an element that an app takes out and puts in again doesn't ask again. */
export const putAsideOf = (bridge: StagedoorBridge): PutAside => {
  const known = ofBridge.get(bridge) ?? createPutAside();
  ofBridge.set(bridge, known);
  return known;
};
