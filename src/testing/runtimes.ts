import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type PackageSource, packageFiles } from './packages.ts';

/** What a little runtime does. All that serve answer over HTTP on `--port`, `PORT` or a free port, and say so on stdout. */
export type RuntimeBehaviour =
  /** Serves, says that it is ready, ends with 0 when the shell asks or goes. */
  | 'serves'
  /** Exits with 1 and a stack on stderr. */
  | 'dies-at-start'
  | 'exits-zero'
  /** Alive with an event loop that stands still. */
  | 'hangs'
  /** Alive, and never ready. */
  | 'never-listens'
  /** Serves, says that it is ready and dies with a stack after `afterMs` (default 50). */
  | 'dies-after-ready'
  /** Serves; SIGTERM, SIGINT, SIGHUP and the shell's wish or end leave it running. */
  | 'ignores-sigterm'
  /** Serves beside a process of its own that ignores SIGTERM, in a group of its own if `detached`. Its pid is `grandchild` in the answer. */
  | 'spawns-grandchild'
  /** Writes `bytes` (default 8 MiB) to stdout before it serves: whoever does not read never sees it ready. */
  | 'floods-output'
  /** Sends heartbeats for `afterMs`, then serves. */
  | 'starts-slowly'
  /** Serves, and names the version `answers` in its answer and its ready message. */
  | 'answers-as-another'
  /** Serves at its first and second start, dies at the third and later ones; counts them in the file `state`. */
  | 'dies-at-third-start'
  /** Fills its memory, limited to 64 MiB, until the engine ends it. */
  | 'eats-memory'
  /** Dies at its start and leaves a process in a session of its own that answers 503 on its port. */
  | 'squats-port'
  /** Closes standard input, output and error, then serves. */
  | 'closes-stdio'
  /** Dies at its start if nothing answers at `needs`, else serves. */
  | 'crashes-offline'
  | 'missing-dependency'
  | 'eaddrinuse'
  | 'enospc';

export type RuntimeSource = {
  readonly name: string;
  readonly version: string;
  /** Default `serves`. */
  readonly behaviour?: RuntimeBehaviour;
  readonly afterMs?: number;
  readonly bytes?: number;
  readonly detached?: boolean;
  readonly answers?: string;
  /** Path of the file in which it counts its starts. */
  readonly state?: string;
  /** The address without which it can't live. */
  readonly needs?: string;
  /** Further fields of `package.json`. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** Further files of the package. */
  readonly files?: PackageSource['files'];
};

const programFiles = ['cli.js', 'behaviours.js', 'protocol.js', 'server.js'] as const;

const programText = (file: string): string =>
  readFileSync(new URL(`./program/${file}`, import.meta.url), 'utf8').replace(
    /^\/\/# sourceMappingURL=.*$/m,
    '',
  );

const settings = (source: RuntimeSource): Readonly<Record<string, unknown>> => ({
  kind: source.behaviour ?? 'serves',
  afterMs: source.afterMs ?? 50,
  bytes: source.bytes ?? 8 * 1024 * 1024,
  detached: source.detached ?? false,
  answers: source.answers ?? source.version,
  state: source.state ?? '',
  needs: source.needs ?? '',
});

/** A tiny runtime whose entry is `cli.js`: to be packed by `makePackage` or laid out by `writeRuntime`. */
export const runtimePackage = (source: RuntimeSource): PackageSource => ({
  name: source.name,
  version: source.version,
  manifest: { type: 'module', bin: { [source.name.replace(/^@.*\//, '')]: 'cli.js' }, ...source.manifest },
  files: {
    ...Object.fromEntries(programFiles.map(file => [file, programText(file)])),
    'behaviour.json': `${JSON.stringify(settings(source))}\n`,
    ...source.files,
  },
});

/** Lays a package out as a folder, as the bundled runtime lies in a shell's resources. Gives back the path of `cli.js`. */
export const writeRuntime = (dir: string, source: PackageSource): string => {
  for (const { path, content, mode } of packageFiles(source)) {
    const file = join(dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
  }
  return join(dir, 'cli.js');
};
