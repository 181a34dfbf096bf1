import type { ChartInspector } from './chart-inspection.ts';
import type { SpawnRuntime } from './process/runtime-process.ts';
import type { ProxyFor } from './registry/route.ts';
import type { Limits } from './staging/limits.ts';
import type { FileSystem } from './store/file-system.ts';

/** A native dependency of the runtime, copied into each staged version. */
export type NativeOption = {
  /** Of the npm package, or of the Python distribution. */
  readonly name: string;
  /** Where it lies; default: `node_modules/NAME` of the bundled runtime. */
  readonly dir?: string | undefined;
  /**
   * What may be installed where no copy fits the executable, and nothing else: `"NAME@VERSION": hash` for the package and all
   * that it needs, as `stagedoor natives pin` prints it. Without it nothing is ever installed.
   */
  readonly install?: Readonly<Record<string, string>> | undefined;
  /** True: build it from its source where nothing ready-made loads; needs `@electron/rebuild` and a compiler. */
  readonly build?: boolean | undefined;
  /** True: the runtime does without it, so it keeps none from starting. */
  readonly optional?: boolean | undefined;
  /** What Python imports; default: the name with `_` for `-`. */
  readonly module?: string | undefined;
};

/** Milliseconds, except `jitter` (a share of 1). Rule C-01. */
export type ScheduleOptions = {
  readonly firstCheckMs?: number;
  readonly intervalMs?: number;
  readonly jitter?: number;
  readonly backoffBaseMs?: number;
  readonly backoffCapMs?: number;
};

/** What an app tells us once. Only `package` is required; `bundled` should be there in every real app. */
export type StagedoorOptions = {
  /** The npm package that is the runtime. */
  readonly package: string;
  /** The dist-tag to follow; default `latest`. */
  readonly channel?: string | undefined;
  /** Registry URL; default: npm's own configuration. */
  readonly registry?: string | undefined;
  /**
   * Also reads the `.npmrc` of the project in the current folder. Default false: an app may be started from anybody's
   * folder, and that must not choose the registry. The command line sets it.
   */
  readonly projectConfig?: boolean | undefined;
  /** Asked with each check for the proxy to the registry, where neither `.npmrc` nor the environment names one. */
  readonly proxyFor?: ProxyFor | undefined;
  /**
   * True: certificates of the system's store count, too (Node from 22.15 on can read it). Default false; `stagedoor/electron`
   * sets it, as browsers do the same.
   */
  readonly systemCertificates?: boolean | undefined;
  /** The store folder; default `<user data>/runtime-store`. */
  readonly store?: string | undefined;
  /** Folder of the bundled runtime: `package.json` and entry. */
  readonly bundled?: string | undefined;
  /** Entry inside the package; default: its `bin`, else `main`. */
  readonly entry?: string | undefined;
  readonly natives?: readonly NativeOption[] | undefined;
  /** `skip`: never install or use native trees. `STAGEDOOR_NATIVES` goes before it; default `auto`. Case does not matter. */
  readonly nativesMode?: string | undefined;
  /**
   * Whether a child is kept to the packages that its core lock names, whatever its plugins bring. Default: where plugins are
   * installed in the store. True: always, for an app with plugins of its own kind; false: never.
   */
  readonly coreLock?: boolean | undefined;
  /** The executable that runs the runtime; default: this Node. */
  readonly exec?: string | undefined;
  /** In place of a child process of `exec`: how the runtime is started, such as Electron's utility process. */
  readonly spawn?: SpawnRuntime | undefined;
  /** `ipc`, `http://…`, `tcp:PORT`, `stdout:REGEX` or `alive:MS`; default `alive:2000`. */
  readonly probe?: string | undefined;
  /** Deadline of active time in milliseconds; default 30,000, and 120,000 for the first start of a version. */
  readonly probeTimeout?: number | undefined;
  /** Arguments for the runtime. */
  readonly args?: readonly string[] | undefined;
  /** Working directory of the runtime; default: this process's. */
  readonly cwd?: string | undefined;
  /** What the child's environment is made from; default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The shell's version: part of the key of a verdict, and the bundled version where its package.json has none (C-05). */
  readonly shellVersion?: string | undefined;
  /**
   * The name under which a package's `engines` speaks of the shell: with `my-app`, a version that says
   * `"engines": {"my-app": ">=3"}` is not staged below `shellVersion` 3. Without a name nothing is compared; with a name
   * and no version that is semver, no such demand is met.
   */
  readonly shellName?: string | undefined;
  /** False: launch only, never check by itself (C-04). Default true. */
  readonly updates?: boolean | undefined;
  readonly schedule?: ScheduleOptions | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /**
   * The address that `stagedoor visualize` prints, on this machine: the viewer there shows what happens here as it happens.
   * For development; it delays nothing. `createStagedoor` alone takes it.
   */
  readonly follow?: string | undefined;
  /** Looks at the charts as they run, as XState's own `inspect`: for an inspector in development. */
  readonly inspect?: ChartInspector | undefined;
  /**
   * In place of `node:fs`: the one of `stagedoor/testing` that faults. Staging then works on this thread, because another
   * one can't share it.
   */
  readonly fs?: FileSystem | undefined;
};
