import path from 'node:path';
import type { CoreLock } from '../../core-lock/core-lock.ts';
import { canonicalName } from '../../core-lock/python-distribution.ts';
import { diskFailure, StagedoorError } from '../../failure.ts';
import type { Environment } from '../../natives/python/environment.ts';
import { installedFiles } from '../../natives/python/installed-files.ts';
import { askPip, type PipFacts } from '../../natives/python/pip-facts.ts';
import { assertAll, installPinned } from '../../natives/python-packages.ts';
import { defaultLimits, type Limits } from '../../staging/limits.ts';
import { type FileSystem, nodeFileSystem } from '../../store/file-system.ts';
import { pluginPackages } from '../place.ts';
import type { NeighbourPlugin, PluginFolders, PluginProvider, ResolvedPlugin } from '../provider.ts';
import { besideConflicts, besideConstraints } from './beside.ts';
import { broughtModules } from './brought-modules.ts';
import { comparePythonDemands } from './comparison.ts';
import { addressed, demandsOf } from './demands.ts';
import { lockedModules } from './locked-modules.ts';
import { isPinnable, packagesOf, pinsOf } from './packages.ts';
import type { PipReport } from './report.ts';
import { assertReports, resolveWithPip, type Workshop } from './resolution.ts';
import { standardModules } from './standard-modules.ts';
import { strip } from './stripping.ts';
import { requirementOf } from './wish.ts';
import { inWorkshop } from './workshop-folder.ts';

export type PythonProviderParts = {
  /** The interpreter of the runtime, with a pip of at least 22.2. */
  readonly exec: string;
  /** Where the settings of the index are read from; default: the environment of this process. */
  readonly env?: Environment | undefined;
  readonly fs?: FileSystem | undefined;
  readonly limits?: Limits | undefined;
};

/** Where an installer puts what it unpacks, before it is looked at. */
const unpackedName = 'unpacked';

const resolveIn = async (
  workshop: Workshop,
  { name, requirement }: { readonly name: string; readonly requirement: string },
  lock: CoreLock,
  others: readonly NeighbourPlugin[],
  signal: AbortSignal,
): Promise<ResolvedPlugin> => {
  const plugin = canonicalName(name);
  const locked = lockedModules(lock);
  const isLocked = (one: string): boolean => locked.distributions.has(one);
  const demanded = (report: PipReport) => demandsOf(report, plugin, isLocked);
  const wanted = {
    requirement,
    missingOf: (report: PipReport) => demanded(report).missing,
  };
  const theirs = besideConstraints(others, isLocked);
  const { report, unsolved } = await resolveWithPip(workshop, wanted, lock, theirs, signal);
  const { demands, chains, missing } = demanded(report);
  const version = report.chosen.get(plugin)?.version;
  if (version === undefined)
    throw new StagedoorError('REGISTRY_MALFORMED', `pip has not said which ${plugin} it would install`);
  if (unsolved !== null) {
    const asked = [...demands, ...addressed(missing)];
    if (comparePythonDemands(asked, lock).conflicts.length === 0) throw unsolved;
    const pinnable = new Map([...report.chosen].filter(([, one]) => isPinnable(one)));
    return { version, packages: packagesOf(pinnable, chains, isLocked), demands: asked };
  }
  return { version, packages: packagesOf(report.chosen, chains, isLocked), demands };
};

/** As ours, or the signal's reason where that is why it ended. */
const guarded = async <T>(doing: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
  signal.throwIfAborted();
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    throw diskFailure(error, doing);
  }
};

/**
 * Plugins of Python: found by the interpreter's pip, put into place by uv or pip, wheels alone. Nothing of a plugin runs: no build, no
 * script, no `.pth`. A resolution works in a temporary folder, which is gone afterwards, at the latest with the next one.
 */
export const createPythonProvider = ({
  exec,
  env = process.env,
  fs = nodeFileSystem,
  limits = defaultLimits,
}: PythonProviderParts): PluginProvider => {
  /** As of the resolution that goes before a download, where one did. */
  let latest: PipFacts | undefined;
  const unpackedIn = ({ folder }: PluginFolders): string => path.join(folder, unpackedName);
  return {
    resolve: (wish, lock, signal, others = []) =>
      guarded('find the plugin', signal, async () => {
        const requirement = requirementOf(wish, lock);
        // Nobody would take a folder away while this is asked.
        const facts = await askPip(exec, env);
        assertReports(facts);
        latest = facts;
        signal.throwIfAborted();
        const asked = { name: wish.name, requirement };
        return inWorkshop(folder =>
          resolveIn({ fs, exec, env, facts, limits, folder }, asked, lock, others, signal),
        );
      }),
    beside: (own, others) => besideConflicts(fs, own, others),
    compare: async (demands, lock) => comparePythonDemands(demands, lock),
    download: (packages, folders, signal, report) =>
      guarded('write the packages of the plugin', signal, async () => {
        report({ phase: 'downloading', bytes: 0, total: null });
        const request = { exec, folder: folders.folder, tree: unpackedIn(folders), pins: pinsOf(packages) };
        await installPinned({ fs, request, limits, env, facts: latest }, signal);
      }),
    stage: (packages, lock, folders, signal, report) =>
      guarded('unpack the packages of the plugin', signal, async () => {
        const [unpacked, { tree }] = [unpackedIn(folders), folders];
        const top = pluginPackages.python;
        const site = path.join(unpacked, top);
        const known = { locked: lockedModules(lock), standard: await standardModules(exec, env) };
        const brought = broughtModules(fs, site, known, packages);
        const { conflicts } = comparePythonDemands(brought, lock);
        if (conflicts.length > 0) return { files: [], stripped: [], conflicts };
        const stripped = strip(fs, site, known.locked);
        fs.mkdirSync(tree, { recursive: true });
        fs.renameSync(site, path.join(tree, top));
        fs.rmSync(unpacked, { recursive: true, force: true });
        let bytes = 0;
        const onBytes = (more: number): void => {
          bytes += more;
          report({ phase: 'extracting', bytes, total: null });
        };
        const files = await installedFiles({ fs, tree, limits, signal, onBytes }, top);
        assertAll(files, pinsOf(packages));
        return { files, stripped };
      }),
  };
};
