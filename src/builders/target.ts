import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { readRunAsNode } from '../electron/fuses.ts';
import { hasErrno } from '../failure.ts';
import { type NodeAbi, nodeAbi } from '../natives/abi.ts';
import { probeNode } from '../natives/probe.ts';
import { nodeFileSystem } from '../store/file-system.ts';
import { asRecord, asText, readValue } from '../store/json-shape.ts';

/** For whom an app is built, in Node's words. `arch` may be `universal` on macOS: x64 and arm64 in one. */
export type BuildTarget = {
  readonly platform: string;
  readonly arch: string;
  readonly electron: string;
};

/** Words of builders that Node has others for: `mas` is the Mac App Store's macOS. */
export const platformOf = (name: string): string => (name === 'mas' ? 'darwin' : name);
export const archOf = (name: string): string => (name === 'armv7l' ? 'arm' : name);

/** The architectures that must each be served. */
export const archsOf = ({ arch }: BuildTarget): readonly string[] =>
  arch === 'universal' ? ['x64', 'arm64'] : [arch];

const abiFile = (project: string): { readonly version: string | null; readonly text: string } | null => {
  try {
    const manifest = createRequire(path.join(project, 'package.json')).resolve('electron/package.json');
    const text = readFileSync(path.join(path.dirname(manifest), 'abi_version'), 'utf8');
    return { version: asText(asRecord(readValue(nodeFileSystem, manifest))?.version), text: text.trim() };
  } catch (error) {
    if (hasErrno(error, 'MODULE_NOT_FOUND', 'ENOENT', 'ERR_PACKAGE_PATH_NOT_EXPORTED')) return null;
    throw error;
  }
};

/** `NODE_MODULE_VERSION` of the target's Electron: its npm package in the project says it, if it is that very version. */
const moduleVersion = (project: string, { electron }: BuildTarget): string | null => {
  const found = abiFile(project);
  return found !== null && found.version === electron && /^\d+$/.test(found.text) ? found.text : null;
};

/** Asks the app's own executable, where it can run here: one that does not run as Node would open a window instead. */
const askedFacts = async (target: BuildTarget, executable: string): Promise<NodeAbi | null> => {
  const runsHere = target.platform === process.platform && archsOf(target).includes(process.arch);
  if (!runsHere || (await readRunAsNode(executable)) !== 'on') return null;
  return probeNode(executable, 'node');
};

/** What will run the runtime. What is null is not known. Electron's Linux is always glibc. */
export const targetFacts = async (
  target: BuildTarget,
  { executable, project, node }: { executable: string; project: string; node: string | undefined },
): Promise<NodeAbi> => {
  const asked = await askedFacts(target, executable);
  return nodeAbi({
    node: node ?? asked?.node ?? null,
    platform: target.platform,
    arch: archsOf(target)[0] ?? target.arch,
    libc: target.platform === 'linux' ? 'glibc' : null,
    modules: asked?.modules ?? moduleVersion(project, target),
    electron: target.electron,
    napi: asked?.napi ?? null,
    uv: asked?.uv ?? null,
    armv: asked?.armv ?? null,
  });
};
