import type { FuseDemands } from '../electron/fuse-demands.ts';
import type { NativeOption } from '../options.ts';

/** What an app's build says once. Only `package` is required. Relative places begin at the project's folder. */
export type BuilderOptions = {
  /** The npm package that is the runtime. */
  readonly package: string;
  /** The dist-tag to take it from; default `latest`. */
  readonly channel?: string | undefined;
  /** This exact version instead of what the channel offers. */
  readonly version?: string | undefined;
  /** Registry URL; default: npm's own configuration, the project's `.npmrc` included. */
  readonly registry?: string | undefined;
  /** A folder that holds the runtime, instead of the registry. */
  readonly from?: string | undefined;
  /** What a bundler has joined into the runtime's files: esbuild's metafile, or a JSON list of `{name, version}`. */
  readonly metafile?: string | undefined;
  /** Entry inside the package; default: its `bin`, else `main`. */
  readonly entry?: string | undefined;
  /** Native dependencies; where no `dir` is named: the app's unpacked modules, then the project's `node_modules`. */
  readonly natives?: readonly NativeOption[] | undefined;
  /** The runtime's folder below the app's resources; default `runtime`, where `stagedoor/electron` looks for it. */
  readonly folder?: string | undefined;
  /** Node's version in the target's Electron, where it can't be asked: what `engines.node` is held against. */
  readonly node?: string | undefined;
  /** The app's name in `engines` of runtimes; default: what its `app.getName()` will say, `productName` or `name`. */
  readonly shellName?: string | undefined;
  /** The fuses that the app demands, over the defaults; `false`: they are not looked at. */
  readonly fuses?: FuseDemands | undefined;
  /** Is told what a build should know, one line each; default: standard error. */
  readonly report?: ((line: string) => void) | undefined;
};
