import type { Libc, NodeAbi } from './abi.ts';

/** What the place and the name of a file say of whom it is for; null where they say nothing. A loader picks by these. */
export type Claims = {
  readonly platform: string | null;
  readonly archs: readonly string[] | null;
  readonly libc: Libc | null;
  readonly runtime: string | null;
  readonly modules: string | null;
  /** It says that it uses Node-API alone. */
  readonly napi: boolean;
  readonly uv: string | null;
  readonly armv: string | null;
};

export const noClaims: Claims = {
  platform: null,
  archs: null,
  libc: null,
  runtime: null,
  modules: null,
  napi: false,
  uv: null,
  armv: null,
};

const libcs: Readonly<Record<string, Libc>> = { glibc: 'glibc', musl: 'musl' };

/** One of the tags between the dots of a file of prebuildify; another word is the module's name. */
const tagClaim = (tag: string): Partial<Claims> => {
  if (/^(?:node|electron|node-webkit)$/.test(tag)) return { runtime: tag };
  if (tag === 'napi') return { napi: true };
  const libc = libcs[tag];
  if (libc !== undefined) return { libc };
  const [, key, value = ''] = /^(abi|uv|armv)(\w+)$/.exec(tag) ?? [];
  if (key === 'abi') return { modules: value };
  return key === undefined ? {} : { [key]: value };
};

/** `prebuilds/<platform>-<arch>[+<arch>…]/[name.]<tag>.<tag>.node` */
const prebuildClaims = (tuple: string, file: string): Claims | null => {
  const [platform, archs, ...rest] = tuple.split('-');
  if (platform === undefined || archs === undefined || rest.length > 0) return null;
  const tags = file.split('.').slice(0, -1).map(tagClaim);
  return Object.assign({}, noClaims, ...tags, { platform, archs: archs.split('+') });
};

const platforms = 'aix|android|darwin|freebsd|linux|openbsd|openharmony|sunos|win32';
const abis = 'gnu|musl|msvc|gnueabihf|musleabihf|gnueabi|eabi|ohos';
const universal = (arch: string): readonly string[] => (arch === 'universal' ? ['x64', 'arm64'] : [arch]);
const libcOfAbi = (abi: string | undefined): Libc | null => {
  if (abi === undefined || /^(?:msvc|eabi|ohos)$/.test(abi)) return null;
  return abi.startsWith('musl') ? 'musl' : 'glibc';
};

const target = new RegExp(`^(.*[-./])(${platforms})-([a-z0-9]+)(?:-(${abis}))?$`);

/** What a name that ends like napi-rs's says: `name-linux-x64-musl`, `name.win32-arm64-msvc`, `@scope/darwin-universal`. */
export const targetClaims = (name: string): Claims | null => {
  const [, , platform, arch, abi] = target.exec(name) ?? [];
  if (platform === undefined || arch === undefined) return null;
  return { ...noClaims, platform, archs: universal(arch), libc: libcOfAbi(abi) };
};

/** A folder of node-pre-gyp: `node-v115-linux-x64-glibc`, `napi-v6-darwin-unknown-arm64`, `electron-v37.2-win32-x64`. */
const binding = new RegExp(
  `^(node|napi|electron)-v([\\d.]+)-(${platforms})-(?:(glibc|musl|unknown)-)?([a-z0-9]+)(?:-(glibc|musl|unknown))?$`,
);
const bindingClaims = (folder: string): Claims | null => {
  const [, kind, version, platform, before, arch, after] = binding.exec(folder) ?? [];
  if (kind === undefined || version === undefined || platform === undefined || arch === undefined)
    return null;
  return {
    ...noClaims,
    platform,
    archs: [arch],
    libc: libcs[before ?? after ?? ''] ?? null,
    runtime: kind === 'napi' ? null : kind,
    modules: kind === 'node' ? version : null,
    napi: kind === 'napi',
  };
};

/** A folder that is written after a rebuild for Electron: `bin/<platform>-<arch>-<ABI>`. */
const rebuilt = new RegExp(`^(${platforms})-([a-z0-9]+)-(\\d+)$`);
const rebuiltClaims = (folder: string): Claims | null => {
  const [, platform, arch, modules] = rebuilt.exec(folder) ?? [];
  if (platform === undefined || arch === undefined || modules === undefined) return null;
  return { ...noClaims, platform, archs: [arch], modules };
};

/** What a path inside a package says, with forward slashes. */
export const pathClaims = (path: string): Claims => {
  const folders = path.split('/');
  const file = folders.pop() ?? '';
  const [top, second = ''] = folders.slice(-2);
  if (top === 'prebuilds') return prebuildClaims(second, file) ?? noClaims;
  const named = folders
    .map(folder => bindingClaims(folder) ?? rebuiltClaims(folder))
    .find(found => found !== null);
  return named ?? targetClaims(file.replace(/\.node$/, '')) ?? noClaims;
};

const systemOf = ({ platform, archs, libc }: Claims): string =>
  [platform, archs?.join('+'), libc].filter(part => typeof part === 'string').join('-');

/** As node-gyp-build has it: every arm64 is version 8, and what is no ARM has none. */
const armvOf = ({ arch, armv }: NodeAbi): string | null =>
  arch === 'arm64' ? '8' : arch === 'arm' ? armv : '';

/** What is not known on one of the sides speaks against nothing. */
const differs = (claimed: string | null, actual: string | null): boolean =>
  claimed !== null && actual !== null && claimed !== actual;

/**
 * Why a loader that goes by names passes by: what it has instead; null where nothing speaks against it. As node-gyp-build
 * picks: a file for Node that uses Node-API alone serves Electron as well, and then its ABI plays no part.
 */
export const claimsAgainst = (claims: Claims, abi: NodeAbi): string | null => {
  const { platform, archs, libc, runtime, modules, napi, uv, armv } = claims;
  const elsewhere =
    differs(platform, abi.platform) ||
    (archs !== null && !archs.includes(abi.arch)) ||
    differs(libc, abi.libc);
  if (elsewhere) return systemOf(claims);
  if (runtime !== null && runtime !== abi.runtime && !(runtime === 'node' && napi)) return runtime;
  if (differs(modules, abi.modules) && !napi) return `ABI ${modules}`;
  if (differs(uv, abi.uv)) return `uv${uv}`;
  return differs(armv, armvOf(abi)) ? `armv${armv}` : null;
};
