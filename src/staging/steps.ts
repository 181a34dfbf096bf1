import path from 'node:path';
import type {
  DownloadOutput,
  ExtractOutput,
  NativesOutput,
  ScratchInput,
  VerifyOutput,
} from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import { downloadTarball } from '../registry/tarball.ts';
import { ensureFolder } from '../store/durable-file.ts';
import { assertFreeSpace } from '../store/free-space.ts';
import { treeListName } from '../store/layout.ts';
import { sweepScratch } from '../store/scratch.ts';
import { serializeTreeList, type TreeEntry, treeDigest } from '../store/tree-list.ts';
import { stageCoreLock } from './core-lock.ts';
import { forgetDocuments } from './forgetting.ts';
import { copyNatives } from './native-copy.ts';
import { checkPackage } from './package-check.ts';
import type { Report } from './progress.ts';
import { isPackageFault, rememberRefusal } from './refusal.ts';
import type { Draft, StagingSession } from './session.ts';
import { isAsAnnounced } from './tarball-proof.ts';
import { flushFiles, flushFolders } from './tree-flush.ts';
import { compareTree } from './tree-proof.ts';
import { unpackTarball } from './unpack.ts';

const draftOf = ({ drafts }: StagingSession, { scratch, release }: ScratchInput): Draft => {
  const draft = drafts.get(scratch);
  if (draft !== undefined) return draft;
  throw new StagedoorError('INTERNAL', `nothing has been unpacked for ${release.name}@${release.version}`);
};

/** Sweeps what the dead left (S-07), makes sure of the space, then downloads into a folder of its own. */
export const downloadRelease = async (
  session: StagingSession,
  { release, scratch }: ScratchInput,
  signal: AbortSignal,
  report: Report,
): Promise<DownloadOutput> => {
  const { fs, layout, options, offered } = session;
  const { limits } = options;
  if (offered?.release.integrity !== release.integrity || offered.release.version !== release.version) {
    const message = `the offer of ${release.name}@${release.version} has been lost`;
    throw new StagedoorError('REGISTRY_UNREACHABLE', message, { hint: 'The next check asks for it anew.' });
  }
  if ((release.unpackedSize ?? 0) > limits.unpackedBytes) {
    const message = `${release.name}@${release.version} unpacks to ${release.unpackedSize} bytes, more than ${limits.unpackedBytes}`;
    throw new StagedoorError('DOWNLOAD_TOO_LARGE', message);
  }
  report({ phase: 'downloading', bytes: 0, total: null });
  await sweepScratch(fs, layout);
  await ensureFolder(fs, layout.versions);
  fs.mkdirSync(layout.partial(scratch), { recursive: true });
  await assertFreeSpace(fs, layout.partial(scratch), release.unpackedSize);
  const { settings, documents } = offered;
  const request = { release, file: layout.partialTarball(scratch), settings, documents, limits };
  const onBytes = (done: number, total: number | null): void =>
    report({ phase: 'downloading', bytes: done, total });
  try {
    return { bytes: await downloadTarball(fs, request, signal, onBytes) };
  } catch (error) {
    // The document that announced the hash may be the damaged one.
    if (error instanceof StagedoorError && error.code === 'INTEGRITY_MISMATCH')
      await forgetDocuments(session);
    throw error;
  }
};

/** What becomes of a package that is refused for what it is; any other error passes. */
const refused = async (
  session: StagingSession,
  { release, scratch }: ScratchInput,
  error: unknown,
): Promise<unknown> => {
  if (!isPackageFault(error)) return error;
  // What was checked while it arrived may have been damaged on disk since: that is no fault of the package (P-26).
  if (!(await isAsAnnounced(session.fs, session.layout.partialTarball(scratch), release.integrity))) {
    const message = `the tarball of ${release.name}@${release.version} has changed since its download`;
    return new StagedoorError('INTEGRITY_MISMATCH', message, { cause: error });
  }
  await rememberRefusal(session, release, error);
  return error;
};

/** Unpacks and looks at the package; one that is refused for what it is, is remembered by its integrity. */
export const extractRelease = async (
  session: StagingSession,
  { release, scratch }: ScratchInput,
  signal: AbortSignal,
  report: Report,
): Promise<ExtractOutput> => {
  const { fs, layout, options, drafts } = session;
  const tree = layout.partialTree(scratch);
  const tarball = layout.partialTarball(scratch);
  const { size: total } = fs.statSync(tarball);
  const natives = options.natives.map(({ name }) => name);
  try {
    const unpacked = await unpackTarball(
      fs,
      { tarball, tree, limits: options.limits, natives },
      signal,
      bytes => report({ phase: 'extracting', bytes, total }),
    );
    const { entry, files } = checkPackage(fs, tree, release, unpacked, options);
    drafts.set(scratch, { entry, files, natives: [] });
    return { files: files.length, bytes: files.reduce((sum, file) => sum + file.size, 0) };
  } catch (error) {
    throw await refused(session, { release, scratch }, error);
  }
};

/** Copies the native dependencies of the bundle into the tree (U-07). */
export const stageNatives = async (
  session: StagingSession,
  input: ScratchInput,
  signal: AbortSignal,
  report: Report,
): Promise<NativesOutput> => {
  const { fs, layout, options, drafts } = session;
  const draft = draftOf(session, input);
  const copied = copyNatives(fs, layout.partialTree(input.scratch), options.natives, signal, bytes =>
    report({ phase: 'natives', bytes, total: null }),
  );
  const natives = options.natives.map(({ name }) => name);
  drafts.set(input.scratch, { ...draft, natives, files: [...draft.files, ...copied] });
  return { natives };
};

/** Writes the core lock into a tree that is whole; what can't be locked is refused like what can't be unpacked (K-01). */
const lockTree = async (session: StagingSession, input: ScratchInput, draft: Draft): Promise<TreeEntry> => {
  const tree = session.layout.partialTree(input.scratch);
  try {
    return stageCoreLock(session.fs, { tree, ...draft });
  } catch (error) {
    throw await refused(session, input, error);
  }
};

/** Compares the tree with what it should be, locks it, makes it durable, and writes its list last (P-02, P-08). */
export const verifyTree = async (
  session: StagingSession,
  input: ScratchInput,
  signal: AbortSignal,
  report: Report,
): Promise<VerifyOutput> => {
  const { fs, layout, options } = session;
  const draft = draftOf(session, input);
  const { entry, natives } = draft;
  const { name, version, integrity } = input.release;
  const tree = layout.partialTree(input.scratch);
  report({ phase: 'verifying', bytes: 0, total: null });
  const folders = compareTree(fs, tree, draft.files);
  const files = [...draft.files, await lockTree(session, input, draft)];
  signal.throwIfAborted();
  const total = files.length;
  const onProgress = (done: number): void => report({ phase: 'flushing', bytes: done, total });
  const flush = { width: options.limits.flushes, signal, onProgress };
  await flushFiles(
    fs,
    files.map(file => path.join(tree, file.path)),
    flush,
  );
  const text = serializeTreeList({ schema: 1, name, version, integrity, entry, natives, files });
  const list = path.join(tree, treeListName);
  fs.writeFileSync(list, text, { flag: 'wx' });
  await flushFiles(fs, [list], { ...flush, onProgress: () => undefined });
  await flushFolders(fs, folders, flush);
  return { tree: treeDigest(text) };
};

/** Removes what an attempt at staging left, with its folder if no other attempt uses it. */
export const cleanScratch = async (
  { fs, layout, drafts }: StagingSession,
  scratch: string,
): Promise<void> => {
  drafts.delete(scratch);
  await sweepScratch(fs, layout, { abandoned: [scratch] });
};
