import { StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { TreeEntry } from '../store/tree-list.ts';
import { type ArchiveEntry, readArchive } from './archive.ts';
import type { Limits } from './limits.ts';
import { pathFault, pathRegister } from './path-rules.ts';
import { executableMode, plainMode, treeWriter } from './tree-writer.ts';

export type UnpackRequest = {
  readonly tarball: string;
  /** The folder to fill; made here, must not be there. */
  readonly tree: string;
  readonly limits: Limits;
  /** Names of the native dependencies that will be copied beside the package's own files. */
  readonly natives: readonly string[];
};

const unsafe = (path: string, why: string): StagedoorError =>
  new StagedoorError('PACKAGE_UNSAFE', `the package holds ${JSON.stringify(path)}, which ${why}`);

const fileTypes = new Set(['File', 'OldFile']);
const specialBits = 0o7000;

type Admission = { readonly path: string; readonly kind: 'file' | 'folder' } | null;

/** Decides about each entry of a tarball: its place below the top folder, null for the top folder itself (P-21). */
const gatekeeper = ({ limits, natives }: UnpackRequest) => {
  const register = pathRegister();
  const nativeFolders = natives.map(name => `node_modules/${name}`.toLowerCase());
  let top: string | undefined;
  let entries = 0;
  let bytes = 0;
  const count = (entry: ArchiveEntry): void => {
    entries += 1;
    bytes += entry.size;
    if (entries > limits.files) {
      throw new StagedoorError('DOWNLOAD_TOO_LARGE', `the package holds more than ${limits.files} files`);
    }
    if (bytes > limits.unpackedBytes) {
      const message = `the package unpacks to more than ${limits.unpackedBytes} bytes`;
      throw new StagedoorError('DOWNLOAD_TOO_LARGE', message);
    }
  };
  const assertOneTop = (raw: string, segment: string): void => {
    top ??= segment;
    if (segment !== top) throw unsafe(raw, `is outside of its one folder ${JSON.stringify(top)}`);
  };
  const assertFree = (raw: string, path: string): void => {
    const folded = path.toLowerCase();
    const native = nativeFolders.find(folder => folded === folder || folded.startsWith(`${folder}/`));
    if (native !== undefined) throw unsafe(raw, 'is the place of a native dependency of the shell');
  };
  return (entry: ArchiveEntry): Admission => {
    count(entry);
    const raw = entry.path;
    const kind = fileTypes.has(entry.type) ? 'file' : 'folder';
    if (kind === 'folder' && entry.type !== 'Directory') throw unsafe(raw, `is of the kind ${entry.type}`);
    if ((entry.mode & specialBits) !== 0) throw unsafe(raw, 'has a setuid, setgid or sticky bit');
    const whole = kind === 'folder' && raw.endsWith('/') ? raw.slice(0, -1) : raw;
    const fault = pathFault(whole, limits.pathLength + (top ?? whole).length + 1);
    if (fault !== null) throw unsafe(raw, fault);
    const cut = whole.indexOf('/');
    assertOneTop(raw, cut < 0 ? whole : whole.slice(0, cut));
    if (cut < 0 && kind === 'folder') return null;
    if (cut < 0) throw unsafe(raw, 'is outside of a folder');
    const path = whole.slice(cut + 1);
    const own = pathFault(path, limits.pathLength);
    if (own !== null) throw unsafe(raw, own);
    assertFree(raw, path);
    const other = register.add(path, kind);
    if (other !== null) throw unsafe(raw, `is the same file as ${JSON.stringify(other)} on some systems`);
    return { path, kind };
  };
};

/**
 * Unpacks a tarball strictly: regular files and folders only, modes made plain, the SHA-256 of each file taken while it
 * is written. Gives back the list of what the tarball announced and holds.
 */
export const unpackTarball = async (
  fs: FileSystem,
  request: UnpackRequest,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<TreeEntry[]> => {
  const admit = gatekeeper(request);
  const writer = treeWriter(fs, request.tree);
  const files: TreeEntry[] = [];
  let inFile = false;
  fs.mkdirSync(request.tree, { mode: executableMode });
  const visitor = {
    onProgress,
    onEntry: (entry: ArchiveEntry): void => {
      const admission = admit(entry);
      inFile = admission?.kind === 'file';
      if (admission === null) return;
      if (admission.kind === 'folder') writer.folder(admission.path);
      else {
        const mode = (entry.mode & 0o111) === 0 ? plainMode : executableMode;
        writer.begin(admission.path, entry.size, mode);
      }
    },
    onData: (chunk: Uint8Array): void => {
      if (inFile) writer.write(chunk);
    },
    onEnd: (): void => {
      if (inFile) files.push(writer.end());
      inFile = false;
    },
  };
  try {
    await readArchive(fs, request.tarball, request.limits, visitor, signal);
  } finally {
    writer.close();
  }
  return files;
};
