import type {
  CheckRequest,
  CheckResult,
  CommitInput,
  CommitOutput,
  DownloadOutput,
  ExtractOutput,
  NativesOutput,
  ScratchInput,
  VerifyOutput,
} from '../../machines/contract.ts';
import type { FetchNatives } from '../natives/fetching.ts';
import type { ProxyFor } from '../registry/route.ts';
import { type FileSystem, nodeFileSystem } from '../store/file-system.ts';
import { storeLayout } from '../store/layout.ts';
import { checkChannel } from './channel-check.ts';
import { adoptTree, commitTree } from './commit.ts';
import { diskFaults } from './disk-faults.ts';
import { fetchNatives } from './natives-fetch.ts';
import type { Report } from './progress.ts';
import type { StagingOptions, StagingSession } from './session.ts';
import { cleanScratch, downloadRelease, extractRelease, stageNatives, verifyTree } from './steps.ts';

export type { ExecFacts } from './compatibility.ts';
export type { Phase, Progress, Report } from './progress.ts';
export type { NativeSource, StagingOptions } from './session.ts';

/**
 * The slots of the update chart. A promise settles only when its step has really ended and writes nothing any more, also
 * after an abort; it rejects with a `StagedoorError`, or with the signal's reason.
 */
export type StagingEffects = {
  check(input: CheckRequest, signal: AbortSignal): Promise<CheckResult>;
  download(input: ScratchInput, signal: AbortSignal, report: Report): Promise<DownloadOutput>;
  extract(input: ScratchInput, signal: AbortSignal, report: Report): Promise<ExtractOutput>;
  stageNatives(input: ScratchInput, signal: AbortSignal, report: Report): Promise<NativesOutput>;
  /** Fills a tree of one ABI with what is pinned for it; no step of an update. */
  fetchNatives: FetchNatives;
  verify(input: ScratchInput, signal: AbortSignal, report: Report): Promise<VerifyOutput>;
  adopt(input: ScratchInput, signal: AbortSignal): Promise<VerifyOutput>;
  commit(input: CommitInput, signal: AbortSignal): Promise<CommitOutput>;
  clean(input: { readonly scratch: string }): Promise<void>;
  close(): Promise<void>;
};

/** The effects on this thread: for the worker, for tests, and for short-lived processes. */
export const stagingInProcess = (
  options: StagingOptions,
  fs: FileSystem = nodeFileSystem,
  proxyFor?: ProxyFor,
): StagingEffects => {
  const session: StagingSession = {
    fs,
    layout: storeLayout(options.store),
    options,
    proxyFor,
    offered: null,
    drafts: new Map(),
  };
  return {
    check: (_, signal) => diskFaults('read the store', signal, () => checkChannel(session, signal)),
    download: (input, signal, report) =>
      diskFaults('write the download', signal, () => downloadRelease(session, input, signal, report)),
    extract: (input, signal, report) =>
      diskFaults('unpack the package', signal, () => extractRelease(session, input, signal, report)),
    stageNatives: (input, signal, report) =>
      diskFaults('copy the native dependencies', signal, () => stageNatives(session, input, signal, report)),
    fetchNatives: (request, signal, report) =>
      diskFaults('install the native dependencies', signal, () =>
        fetchNatives(session, request, signal, report),
      ),
    verify: (input, signal, report) =>
      diskFaults('verify the staged tree', signal, () => verifyTree(session, input, signal, report)),
    adopt: (input, signal) =>
      diskFaults('check the finished folder', signal, () => adoptTree(session, input)),
    commit: (input, signal) =>
      diskFaults('put the version into its place', signal, async () => {
        const output = await commitTree(session, input, signal);
        await cleanScratch(session, input.scratch);
        return output;
      }),
    clean: ({ scratch }) => diskFaults('remove what was staged', null, () => cleanScratch(session, scratch)),
    close: async () => session.drafts.clear(),
  };
};
