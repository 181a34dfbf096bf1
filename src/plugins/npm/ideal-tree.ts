import { realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ArboristEdge, ArboristNode } from '@npmcli/arborist';
import { isPackageName, isPlace, isVersion } from '../../core-lock/naming.ts';
import { StagedoorError } from '../../failure.ts';
import type { NodeSource } from '../../natives/node-source.ts';
import { watchRequests } from '../../registry/request-watch.ts';
import type { ExecFacts } from '../../staging/compatibility.ts';
import { pathFault } from '../../staging/path-rules.ts';
import { asRecord } from '../../store/json-shape.ts';
import type { Belongings } from './belonging.ts';
import { type Documents, watchedDocuments } from './documents.ts';
import type { Note } from './manifest.ts';
import { resolutionFailure } from './resolution-failure.ts';
import { registrySettings } from './settings.ts';

/** A package in the tree that npm would make. */
export type PlannedNode = {
  readonly name: string;
  readonly version: string;
  /** `node_modules/a/node_modules/b`. */
  readonly place: string;
  readonly note: Note;
  /** Places of what it asks for; `required`: it can't do without. */
  readonly asks: readonly { readonly place: string; readonly required: boolean }[];
};

export type PlannedTree = {
  readonly plugin: PlannedNode;
  /** By their places, the plugin among them. What could not be had is not there. */
  readonly nodes: ReadonlyMap<string, PlannedNode>;
};

/** Characters; beyond, a file system refuses it. */
const longestPlace = 4096;

/** No project and no tree of packages lies in the folder of this module, so that npm's resolver finds nothing there to begin with. */
const emptyFolder = (): string => realpathSync(path.dirname(fileURLToPath(import.meta.url)));

const optionalTypes: ReadonlySet<string> = new Set(['optional', 'peerOptional']);

const isThere = ({ to }: ArboristEdge): boolean => (to ?? null) !== null && to?.errors.length === 0;

const plannedNode = (node: ArboristNode, documents: Documents): PlannedNode => {
  const { packageName: name, version, location: place } = node;
  const note = isPackageName(name) && isVersion(version) ? documents.noteOf(name, version) : undefined;
  if (!isPackageName(name) || !isVersion(version) || note === undefined || node.isLink || !isPlace(place))
    throw new StagedoorError(
      'PACKAGE_UNSAFE',
      `the plugin asks for ${place}, which is no package of the registry`,
    );
  const fault = pathFault(place, longestPlace);
  if (fault !== null)
    throw new StagedoorError('PACKAGE_UNSAFE', `the plugin asks for ${place}, whose place ${fault}`);
  const asks = [...node.edgesOut.values()]
    .filter(isThere)
    .map(({ to, type }) => ({ place: to?.location ?? '', required: !optionalTypes.has(type) }));
  return { name, version, place, note, asks };
};

/** Everything that can be reached; npm's own list also holds what could not be had. */
const nodesBelow = (root: ArboristNode): readonly ArboristNode[] => {
  const seen = new Set<ArboristNode>();
  const waiting = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const edge of next.edgesOut.values()) if (edge.to && isThere(edge)) waiting.push(edge.to);
  }
  return [...seen].filter(node => node !== root);
};

const plannedTree = (root: ArboristNode, name: string, documents: Documents): PlannedTree => {
  const nodes = new Map(nodesBelow(root).map(node => [node.location, plannedNode(node, documents)] as const));
  const plugin = nodes.get(root.edgesOut.get(name)?.to?.location ?? '');
  if (plugin === undefined)
    throw new StagedoorError('INTERNAL', `npm's resolver made a tree without ${name}`);
  return { plugin, nodes };
};

/** Nothing of how somebody has npm install things elsewhere counts here. */
const ourWay = {
  ...{ global: false, force: false, workspaces: null, workspacesEnabled: false, omit: [], save: true },
  ...{ legacyPeerDeps: false, strictPeerDeps: false, preferDedupe: false },
  ...{ installStrategy: 'hoisted', installLinks: false, packageLock: false, ignoreScripts: true },
};

const newArborist = async (options: Readonly<Record<string, unknown>>) => {
  const { default: Arborist } = await import('@npmcli/arborist');
  const arborist = new Arborist({ ...options, ...ourWay, path: emptyFolder() });
  // Its own default is the user's npm cache; nothing is kept here.
  arborist.options.cache = undefined;
  return arborist;
};

/**
 * The tree that npm would make of a plugin if the runtime's packages needed no place. Writes nothing. Rejects with the errors of a
 * check; PACKAGE_INVALID where peers contradict each other.
 */
export const idealTree = async (
  source: NodeSource,
  wish: { readonly name: string; readonly spec: string },
  { belongings, facts }: { readonly belongings: Belongings; readonly facts: ExecFacts | null },
  signal: AbortSignal,
): Promise<PlannedTree> => {
  const { limits } = source;
  const enough = new AbortController();
  const documents = watchedDocuments(belongings, reason => enough.abort(reason), undefined, facts);
  const about = { subject: `${wish.name}@${wish.spec}`, kind: 'document' as const };
  const bounds = { ...about, maxBytes: limits.documentBytes, maxValues: limits.documentValues };
  const settings = await registrySettings(source, signal);
  const watch = watchRequests(
    { ...bounds, deadlineMs: limits.downloadMs },
    AbortSignal.any([signal, enough.signal]),
  );
  try {
    const arborist = await newArborist({
      ...settings,
      packumentCache: documents.memory,
      signal: watch.signal,
    });
    const tree = await watch.run(() =>
      arborist.buildIdealTree({ add: [`${wish.name}@${wish.spec}`], update: { all: true } }),
    );
    return plannedTree(tree, wish.name, documents);
  } catch (error) {
    throw resolutionFailure(error, asRecord(error) ?? {}, watch, about.subject);
  }
};
