import path from 'node:path';
import type { PluginPackage } from '../../../machines/contract.ts';
import { StagedoorError } from '../../failure.ts';
import type { NodeSource } from '../../natives/node-source.ts';
import { askForVersion, assertRoom } from '../../natives/npm-archive.ts';
import type { Offered } from '../../registry/releases.ts';
import { downloadTarball } from '../../registry/tarball.ts';
import type { Report } from '../../staging/progress.ts';
import type { PluginFolders } from '../provider.ts';

/** Where the archive of a package waits to be unpacked; `index`: its place in the plan. */
export const archiveFile = ({ folder }: PluginFolders, index: number): string =>
  path.join(folder, `package-${index}.tgz`);

/** What the registry says now counts only where the plan agrees. */
const offeredAgain = async (
  source: NodeSource,
  { name, version, integrity }: PluginPackage,
  signal: AbortSignal,
): Promise<Offered> => {
  const offered = await askForVersion(source, { name, version }, signal);
  if (offered.release.integrity !== integrity) {
    const message = `the registry announces other bytes for ${name}@${version} than when the plugin was resolved`;
    throw new StagedoorError('INTEGRITY_MISMATCH', message, { hint: 'Install the plugin again.' });
  }
  offered.keepOnlyThis();
  return offered;
};

/** One after the other: nothing is in flight any more when one of them fails. Progress counts the bytes of all archives. */
export const downloadArchives = async (
  source: NodeSource,
  packages: readonly PluginPackage[],
  folders: PluginFolders,
  signal: AbortSignal,
  report: Report,
): Promise<void> => {
  const { fs, limits } = source;
  const offers: Offered[] = [];
  for (const one of packages) offers.push(await offeredAgain(source, one, signal));
  await assertRoom(
    source,
    folders.folder,
    offers.map(({ release }) => release),
  );
  let before = 0;
  for (const [index, { release, settings, documents }] of offers.entries()) {
    const request = { release, settings, documents, limits, file: archiveFile(folders, index) };
    const onBytes = (bytes: number): void =>
      report({ phase: 'downloading', bytes: before + bytes, total: null });
    before += await downloadTarball(fs, request, signal, onBytes);
  }
};
