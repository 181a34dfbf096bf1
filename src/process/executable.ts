import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { childEnvironment } from './environment.ts';

/** What an executable says of itself; asked of itself, because nothing else knows (N-01). */
export type ExecFacts = {
  readonly node: string | null;
  readonly platform: string;
  readonly arch: string;
  readonly libc: string | null;
  /** `NODE_MODULE_VERSION`. */
  readonly modules: string;
  readonly electron: string | null;
};

const answerLimitMs = 10_000;

/** Runs in the executable, too: it must stand on its own. A mapped loader of musl tells the libc without a report. */
const question = `
const maps = () => { try { return require('fs').readFileSync('/proc/self/maps', 'latin1'); } catch { return ''; } };
const linux = process.platform === 'linux';
JSON.stringify({
  node: process.versions.node, platform: process.platform, arch: process.arch,
  libc: linux ? (/\\/(?:ld-musl-|libc\\.musl-)/.test(maps()) ? 'musl' : 'glibc') : null,
  modules: process.versions.modules, electron: process.versions.electron ?? null,
})`;

const ownLibc = (): string | null => {
  if (process.platform !== 'linux') return null;
  try {
    return /\/(?:ld-musl-|libc\.musl-)/.test(fs.readFileSync('/proc/self/maps', 'latin1')) ? 'musl' : 'glibc';
  } catch {
    // Without /proc nothing cheap tells; glibc is what almost every desktop has.
    return 'glibc';
  }
};

let own: ExecFacts | undefined;
const ownFacts = (): ExecFacts => {
  own ??= {
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    libc: ownLibc(),
    modules: process.versions.modules,
    electron: process.versions.electron ?? null,
  };
  return own;
};

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const textOrNull = (value: unknown): string | null => (isText(value) ? value : null);

const parseFacts = (answer: string): ExecFacts | null => {
  try {
    const parsed: unknown = JSON.parse(answer);
    if (typeof parsed !== 'object' || parsed === null) return null;
    const { node, platform, arch, libc, modules, electron }: Record<string, unknown> = { ...parsed };
    if (!isText(platform) || !isText(arch) || !isText(modules)) return null;
    return {
      node: textOrNull(node),
      platform,
      arch,
      libc: textOrNull(libc),
      modules,
      electron: textOrNull(electron),
    };
  } catch {
    return null;
  }
};

const ask = (exec: string): Promise<ExecFacts | null> =>
  new Promise(resolve => {
    const env = childEnvironment(process.env, { entry: '', attempt: '', version: '', electron: true });
    const options = { env, timeout: answerLimitMs, killSignal: 'SIGKILL', windowsHide: true } as const;
    try {
      const child = execFile(exec, ['-p', question], options, (error, stdout) =>
        resolve(error === null ? parseFacts(stdout) : null),
      );
      child.stdin?.destroy();
    } catch {
      // Some spawn failures (E2BIG, ENOMEM) are thrown at once: no answer either.
      resolve(null);
    }
  });

/** The real path of an executable, looked for on PATH if it is a bare name; null if there is none. */
const locate = (exec: string): string | null => {
  const bare = path.basename(exec) === exec;
  const folders = bare ? (process.env.PATH ?? '').split(path.delimiter).filter(isText) : [''];
  const endings = process.platform === 'win32' && path.extname(exec) === '' ? ['.exe'] : [''];
  const places = folders.flatMap(folder => endings.map(ending => path.resolve(folder, `${exec}${ending}`)));
  const found = places.find(place => fs.statSync(place, { throwIfNoEntry: false })?.isFile() === true);
  return found === undefined ? null : fs.realpathSync(found);
};

const answers = new Map<string, Promise<ExecFacts | null>>();

const askOnce = async (real: string): Promise<ExecFacts | null> => {
  const { size, mtimeMs } = await fs.promises.stat(real);
  const key = `${real}\0${size}\0${mtimeMs}`;
  const answer = answers.get(key) ?? ask(real);
  answers.set(key, answer);
  const facts = await answer;
  // A silence may be the machine's fault (a timeout under load): it is asked again next time.
  if (facts === null) answers.delete(key);
  return facts;
};

/**
 * What the executable is, in its own words; null for whatever is odd (no runtime at all, no answer in 10 s), never an
 * error (N-01). Our own executable is not started for it (N-02); an answer is remembered until the file changes.
 */
export const describeExecutable = async (exec: string): Promise<ExecFacts | null> => {
  try {
    const real = locate(exec);
    if (real === null) return null;
    return real === fs.realpathSync(process.execPath) ? ownFacts() : await askOnce(real);
  } catch {
    return null;
  }
};

/** `<platform>-<arch>[-<libc>]-(node|electron)<module ABI>`: equal tags load the same compiled files (N-12). */
export const abiTag = ({ platform, arch, libc, modules, electron }: ExecFacts): string =>
  [
    platform,
    arch,
    ...(libc === null ? [] : [libc]),
    `${electron === null ? 'node' : 'electron'}${modules}`,
  ].join('-');
