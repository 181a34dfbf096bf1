import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import * as tar from 'tar';
import { DemoError } from './world.ts';

const run = promisify(execFile);

/** Beside the dependencies, so that it goes when they go; the same for the demo and for the flows. */
const root = path.dirname(createRequire(import.meta.url).resolve('stagedoor/package.json'));
const cache = path.join(root, 'node_modules', '.cache', 'stagedoor');

/** What `npm pack --json` says of the tarball that it has fetched. */
export type FetchedPackage = {
  readonly file: string;
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  readonly shasum: string;
  readonly unpackedSize: number;
  readonly entryCount: number;
};

/** npm's own patience is minutes; whoever has no registry is told soon. */
const impatient = ['--fetch-retries=1', '--fetch-retry-mintimeout=500', '--fetch-timeout=60000'];

const safeName = (spec: string): string => spec.replace(/[^a-z0-9.@-]+/gi, '-');

/** The last thing that npm named, which is what went wrong. */
const npmCode = (error: unknown): string => {
  const stderr = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : '';
  return /npm (?:error|ERR!) code (\S+)/.exec(stderr)?.[1] ?? 'npm could not be run';
};

const unreachable = (spec: string, cause: unknown): DemoError =>
  new DemoError(`${spec} can't be fetched from the configured registry (${npmCode(cause)})`, { cause });

/** Rejects with a plain reason if the configured registry has no such version or can't be reached. */
export const askRegistry = async (spec: string): Promise<void> => {
  try {
    await run('npm', ['view', spec, 'version', ...impatient], { shell: process.platform === 'win32' });
  } catch (error) {
    throw unreachable(spec, error);
  }
};

const pack = async (spec: string, folder: string): Promise<FetchedPackage> => {
  const args = ['pack', spec, '--json', '--ignore-scripts', '--pack-destination', folder, ...impatient];
  try {
    // npm is a script on Windows: only a shell can start it. Nothing in the arguments comes from outside.
    const { stdout } = await run('npm', args, { shell: process.platform === 'win32', maxBuffer: 64e6 });
    const [packed] = JSON.parse(stdout) as [Omit<FetchedPackage, 'file'> & { readonly filename: string }];
    const { filename, name, version, integrity, shasum, unpackedSize, entryCount } = packed;
    return { file: path.join(folder, filename), name, version, integrity, shasum, unpackedSize, entryCount };
  } catch (error) {
    throw unreachable(spec, error);
  }
};

/** A tarball from the configured registry, with npm's own configuration; fetched once. */
export const fetchPackage = async (spec: string): Promise<FetchedPackage> => {
  const home = path.join(cache, safeName(spec));
  const note = path.join(home, 'packed.json');
  if (existsSync(note)) {
    const known = JSON.parse(readFileSync(note, 'utf8')) as FetchedPackage;
    return { ...known, file: path.join(home, path.basename(known.file)) };
  }
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(path.join(cache, 'fetching-'));
  try {
    const fetched = await pack(spec, work);
    writeFileSync(path.join(work, 'packed.json'), JSON.stringify(fetched));
    // Somebody else may have been faster: theirs is as good.
    if (!existsSync(home)) renameSync(work, home);
    return { ...fetched, file: path.join(home, path.basename(fetched.file)) };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

/** Unpacks a fetched tarball into a folder. */
export const unpackInto = async (folder: string, { file }: FetchedPackage): Promise<void> => {
  mkdirSync(folder, { recursive: true });
  await tar.x({ file, cwd: folder, strip: 1, strict: true });
};

const npmPlatform = process.platform === 'win32' ? 'win' : process.platform;

/** The program of a version of Node, from the registry. */
export const nodeOf = async (version: string): Promise<string> => {
  const fetched = await fetchPackage(`node-${npmPlatform}-${process.arch}@${version}`);
  const home = path.join(path.dirname(fetched.file), 'unpacked');
  const binary = path.join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(binary)) return binary;
  const work = mkdtempSync(path.join(path.dirname(fetched.file), 'unpacking-'));
  try {
    await unpackInto(work, fetched);
    if (!existsSync(home)) renameSync(work, home);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return binary;
};

/** The newest of a major version. */
export const nodeOfMajor = (major: number): Promise<string> => nodeOf(String(major));

/** A Node of at least 22: this one, or one from the registry. */
export const recentNode = async (): Promise<string> =>
  Number.parseInt(process.versions.node, 10) >= 22 ? process.execPath : nodeOfMajor(24);
