import path from 'node:path';
import type { Release } from '../../machines/contract.ts';
import { StagedoorError } from '../failure.ts';
import type { Demands } from '../registry/manifest.ts';
import type { Offered } from '../registry/releases.ts';
import { downloadTarball } from '../registry/tarball.ts';
import type { Report } from '../staging/progress.ts';
import { isPackageFault } from '../staging/refusal.ts';
import { isAsAnnounced } from '../staging/tarball-proof.ts';
import { executableMode } from '../staging/tree-writer.ts';
import type { TreeEntry } from '../store/tree-list.ts';
import type { Abi, NodeAbi } from './abi.ts';
import { isAdmitted } from './admission.ts';
import { targetClaims } from './claims.ts';
import type { Pin } from './dependency.ts';
import type { Fetched, FetchRequest } from './fetching.ts';
import type { NodeSource } from './node-source.ts';
import { type Archive, askForVersion, assertRoom, placed, unpackArchive } from './npm-archive.ts';
import { packagesFolder } from './tree-place.ts';

export type { NodeSource };

type Job = {
  readonly source: NodeSource;
  readonly request: FetchRequest;
  readonly abi: NodeAbi;
  readonly signal: AbortSignal;
};

/** A pinned package, as it will be downloaded: its hash is the pin's. */
type Wanted = Pick<Offered, 'settings' | 'documents'> & { readonly release: Release };

const nodeOf = (abi: Abi): NodeAbi => {
  if (abi.kind === 'node') return abi;
  throw new StagedoorError('INTERNAL', `npm packages are not for ${abi.tag}`);
};

/** Says the name, like that of a platform package of napi-rs, that it is for another system? Then nobody is asked. */
const isNamedForOthers = ({ name }: Pin, { platform, arch, libc }: NodeAbi): boolean => {
  const claims = targetClaims(name);
  if (claims === null) return false;
  const otherLibc = claims.libc !== null && libc !== null && claims.libc !== libc;
  return claims.platform !== platform || claims.archs?.includes(arch) !== true || otherLibc;
};

const isForOthers = async (
  demands: Demands,
  readLibc: () => Promise<readonly string[]>,
  { platform, arch, libc }: NodeAbi,
): Promise<boolean> => {
  if (!isAdmitted(demands.os, platform) || !isAdmitted(demands.cpu, arch)) return true;
  return libc !== null && !isAdmitted(await readLibc(), libc);
};

const assertPinned = ({ name, version, hashes }: Pin, { integrity }: Release): void => {
  if (hashes.length === 1 && hashes[0] === integrity) return;
  throw new StagedoorError(
    'INTEGRITY_MISMATCH',
    `the registry announces other bytes for ${name}@${version} than the app has pinned`,
    { hint: `Pin ${name} anew (stagedoor natives pin), once it is clear why its bytes have changed.` },
  );
};

/** What a pin brings here; null: it is for another system. What the registry says counts only where the pin agrees. */
const wantedOf = async (job: Job, pin: Pin): Promise<Wanted | null> => {
  if (isNamedForOthers(pin, job.abi)) return null;
  const offered = await askForVersion(job.source, pin, job.signal);
  const { release, demands, settings, documents } = offered;
  assertPinned(pin, release);
  if (await isForOthers(demands, () => offered.readLibc(job.signal), job.abi)) return null;
  offered.keepOnlyThis();
  return { release, settings, documents };
};

/** One after the other: what is asked for is small, and nothing is in flight any more when one of them fails. */
const wantedOfAll = async (job: Job): Promise<readonly Wanted[]> => {
  const wanted: Wanted[] = [];
  for (const pin of job.request.pins) {
    const one = await wantedOf(job, pin);
    if (one !== null) wanted.push(one);
  }
  return wanted;
};

/** The paths that come back begin at the tree. */
const unpackInto = async (
  { source, request, signal }: Job,
  archive: Archive,
): Promise<readonly TreeEntry[]> => {
  const place = `${packagesFolder.node}/${archive.release.name}`;
  return placed(await unpackArchive(source, archive, path.join(request.tree, place), signal), place);
};

/** A package is to blame only for what it is: its archive may have been damaged on disk since it arrived (P-26). */
const unpackChecked = async (job: Job, archive: Archive): Promise<readonly TreeEntry[]> => {
  const { release, tarball } = archive;
  try {
    return await unpackInto(job, archive);
  } catch (error) {
    if (!isPackageFault(error) || (await isAsAnnounced(job.source.fs, tarball, release.integrity)))
      throw error;
    const message = `the tarball of ${release.name}@${release.version} has changed since its download`;
    throw new StagedoorError('INTEGRITY_MISMATCH', message, { cause: error });
  }
};

const download = async (
  { source, request, signal }: Job,
  wanted: Wanted,
  onBytes: (bytes: number) => void,
): Promise<Archive> => {
  const { fs, limits } = source;
  const tarball = path.join(request.folder, 'package.tgz');
  await downloadTarball(fs, { ...wanted, file: tarball, limits }, signal, onBytes);
  return { release: wanted.release, tarball };
};

/**
 * Fills a tree with the npm packages that are pinned: exactly that version with exactly that hash. What is for another system is
 * passed by, by its name without a request, else by what its manifest says. Writes only below the folder of the request, and
 * nothing any more once it has settled. Progress counts the bytes of the archives.
 * Rejects with the errors of a check and of a download; INTEGRITY_MISMATCH where a registry offers other bytes than those pinned.
 */
export const fetchNodePackages = async (
  source: NodeSource,
  request: FetchRequest,
  signal: AbortSignal,
  report: Report,
): Promise<Fetched> => {
  const job: Job = { source, request, abi: nodeOf(request.abi), signal };
  report({ phase: 'natives', bytes: 0, total: null });
  const wanted = await wantedOfAll(job);
  await assertRoom(
    source,
    request.folder,
    wanted.map(({ release }) => release),
  );
  const { fs } = source;
  fs.mkdirSync(path.join(request.tree, packagesFolder.node), { recursive: true, mode: executableMode });
  const files: TreeEntry[] = [];
  let before = 0;
  for (const one of wanted) {
    const archive = await download(job, one, bytes =>
      report({ phase: 'natives', bytes: before + bytes, total: null }),
    );
    before += fs.statSync(archive.tarball).size;
    files.push(...(await unpackChecked(job, archive)));
    fs.rmSync(archive.tarball);
  }
  return { files };
};
