/**
 * For the tests of apps that use stagedoor: a registry on loopback that misbehaves, tiny runtimes that do, and a file system
 * whose every operation passes the test. Nothing here reaches the network or writes anywhere but where it is told to.
 */
export type { PublishOptions } from './documents.ts';
export type { Fault, FaultMatch, Subject } from './faults.ts';
export {
  type FailOptions,
  type FaultyFileSystem,
  faultyFileSystem,
  Killed,
  type Moment,
} from './file-system/faulty.ts';
export { interceptFileSystem } from './file-system/intercept.ts';
export type { FileCall, FileOperation, Interceptor } from './file-system/operation.ts';
export {
  type FileContent,
  makePackage,
  type PackageManifest,
  type PackageSource,
  type PackedPackage,
  withTarball,
} from './packages.ts';
export { type LoopbackRegistry, type SeenRequest, startRegistry } from './registry.ts';
export { type RuntimeBehaviour, type RuntimeSource, runtimePackage, writeRuntime } from './runtimes.ts';
export { type RawEntry, type RawTarballOptions, rawTarball } from './tarball.ts';
