import type { Claims } from './claims.ts';
import type { ImageLook } from './image/image.ts';

/** A compiled file of a package. */
export type NativeFile = {
  /** From the package's folder on, with forward slashes. */
  readonly path: string;
  readonly claims: Claims;
  readonly look: ImageLook;
  /** The `NODE_MODULE_VERSION` that notes of the build beside it name. */
  readonly builtFor: string | null;
};

/** A package for one platform that another one names in `optionalDependencies`, as napi-rs makes them. */
export type PlatformPackage = {
  readonly name: string;
  /** As its name, and where it is there its own `os`, `cpu` and `libc` say. */
  readonly claims: Claims;
  /** Null: it is not installed. */
  readonly demands: {
    readonly os: readonly string[];
    readonly cpu: readonly string[];
    readonly libc: readonly string[];
  } | null;
  readonly files: readonly NativeFile[];
  /** It lies beside the package, not in it: whoever copies the package does not get it. */
  readonly beside: boolean;
};

/** What a package has for those who run it, as read from its folder. */
export type Offer = {
  readonly name: string;
  readonly files: readonly NativeFile[];
  readonly platformPackages: readonly PlatformPackage[];
  /** Name of a package of WebAssembly that it may load where it has no compiled file; null: there is none. */
  readonly wasm: string | null;
  /** Its loader takes what is in `build`, whatever it is, before anything that would fit. */
  readonly takesBuildFirst: boolean;
  /** False: there was more in the folder than is looked at. */
  readonly complete: boolean;
};
