import type { Fetched, FetchRequest } from '../natives/fetching.ts';
import { fetchNodePackages } from '../natives/node-packages.ts';
import { fetchPythonPackages } from '../natives/python-packages.ts';
import type { Report } from './progress.ts';
import type { StagingSession } from './session.ts';

/** Fills a tree with what is pinned for its ABI, from where each ecosystem has its packages. */
export const fetchNatives = async (
  { fs, options, proxyFor }: StagingSession,
  request: FetchRequest,
  signal: AbortSignal,
  report: Report,
): Promise<Fetched> => {
  const { registry, projectConfig, systemCertificates, limits } = options;
  if (request.abi.kind === 'python') return fetchPythonPackages(fs, request, signal, report, limits);
  const source = { fs, registry, projectConfig, systemCertificates, limits, proxyFor };
  return fetchNodePackages(source, request, signal, report);
};
