import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { StagedoorError } from '../failure.ts';
import { childEnvironment } from '../process/environment.ts';
import { type LongEnd, runAtLength } from '../process/long-run.ts';
import { nodeFileSystem as fs } from '../store/file-system.ts';
import type { TreeEntry } from '../store/tree-list.ts';
import { withoutPaths } from '../without-paths.ts';
import type { Abi, NodeAbi } from './abi.ts';
import { abiText } from './abi-text.ts';
import { type Building, bindingOf, builderFor } from './building/builders.ts';
import { hashTree, removeLeftovers } from './building/built-files.ts';
import { locateExecutable } from './executable-file.ts';
import { packagesFolder } from './tree-place.ts';

export type BuildRequest = {
  readonly abi: Abi;
  readonly exec: string;
  /** The tree on its way. */
  readonly tree: string;
  /** Packages to build. */
  readonly names: readonly string[];
  readonly files: readonly TreeEntry[];
};

const buildLimitMs = 15 * 60_000;
const mark = 'STAGEDOOR_ATTEMPT';

const refused = (name: string, why: string, hint?: string): StagedoorError =>
  new StagedoorError('NATIVE_ABI_MISMATCH', `${name} ${why}`, hint === undefined ? {} : { hint });

const nodeOf = (abi: Abi, names: readonly string[]): NodeAbi => {
  if (abi.kind === 'node') return abi;
  throw refused(names.join(', '), `is not built for ${abi.tag}: only npm packages are built from source`);
};

const assertSource = ({ name, folder }: Building): void => {
  if (!fs.existsSync(folder)) throw refused(name, 'is not among what was installed');
  if (!fs.existsSync(bindingOf(folder))) throw refused(name, 'can not be built: it has no binding.gyp');
};

/**
 * A folder beside the tree whose `node` is the target: a `binding.gyp` asks a program of that name, and on a user's machine there
 * may be none. Windows has no such links; there the program's own folder does where it is called that.
 */
const toolsFor = async ({ exec, tree }: Building): Promise<string> => {
  const program = locateExecutable(exec)?.called ?? exec;
  if (process.platform === 'win32') return path.dirname(program);
  const tools = path.join(path.dirname(tree), 'tools');
  await fs.promises.mkdir(tools, { recursive: true });
  await fs.promises.rm(path.join(tools, 'node'), { force: true });
  await fs.promises.symlink(program, path.join(tools, 'node'));
  return tools;
};

const environmentWith = (tools: string): Record<string, string> => {
  const facts = { entry: '', attempt: randomUUID(), version: '', electron: true };
  const env = childEnvironment(process.env, facts);
  const name = Object.keys(env).find(key => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...env, [name]: [tools, env[name] ?? ''].join(path.delimiter) };
};

/** The compiler's own words, else what node-gyp makes of them. */
const reasonIn = (output: string): string => {
  const lines = output.split('\n').map(line => line.trim());
  const said = [/\berror: /i, /gyp ERR! stack Error: /, /\bError: /].map(pattern =>
    lines.find(line => pattern.test(line)),
  );
  return withoutPaths(said.find(line => line !== undefined) ?? lines.findLast(line => line !== '') ?? '');
};

const failureOf = ({ name, abi }: Building, { kind, code, signal, output }: LongEnd): StagedoorError => {
  const how =
    kind === 'timed-out' ? `took more than ${buildLimitMs / 60_000} minutes` : `failed (${signal ?? code})`;
  const hint = `A build needs a compiler, make and Python on this machine; a version of ${name} with a ready-made build needs none.`;
  return refused(name, `could not be built for ${abiText(abi)}: it ${how}: ${reasonIn(output)}`, hint);
};

const buildOne = async (building: Building, signal: AbortSignal): Promise<void> => {
  assertSource(building);
  const { exec, folder } = building;
  const args = builderFor(building);
  const env = environmentWith(await toolsFor(building));
  const end = await runAtLength({ exec, args, env, cwd: folder, limitMs: buildLimitMs, mark }, signal);
  if (end.kind !== 'ended' || end.code !== 0) throw failureOf(building, end);
  await removeLeftovers(fs, folder);
};

/**
 * Builds packages in a tree from their source, in children of the target itself; gives back every file of the tree then. Of a
 * package, nothing but its `binding.gyp` is run. Rejects with NATIVE_ABI_MISMATCH; settles when no child runs any more.
 */
export const buildFromSource = async (
  { abi: target, exec, tree, names }: BuildRequest,
  signal: AbortSignal,
): Promise<readonly TreeEntry[]> => {
  const abi = nodeOf(target, names);
  for (const name of names) {
    const folder = path.join(tree, packagesFolder.node, ...name.split('/'));
    await buildOne({ abi, exec, tree, name, folder }, signal);
  }
  return hashTree(fs, tree, signal);
};
