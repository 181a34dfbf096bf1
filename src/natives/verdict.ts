import { oneLine } from '../failure.ts';
import type { Abi, NodeAbi } from './abi.ts';
import { isAdmitted } from './admission.ts';
import { claimsAgainst } from './claims.ts';
import type { FileFit } from './file-fit.ts';
import { nodeFit } from './node-fit.ts';
import type { NativeFile, Offer, PlatformPackage } from './offer.ts';
import { isPythonModule, pythonFit } from './python-fit.ts';

/** Whether what a package has serves a runtime. */
export type Verdict =
  | {
      /** Built for this very ABI; or by an interface that stays the same: Node-API, Python's stable ABI. */
      readonly kind: 'fits' | 'fits-by-napi' | 'fits-by-abi3';
      /** The file that would be loaded, from the package's folder (or that of its platform package) on. */
      readonly file: string;
    }
  /** `has`: each once, what there is instead; `wanted`: the tag, or the package that would have it. */
  | { readonly kind: 'does-not-fit'; readonly has: readonly string[]; readonly wanted: string }
  | { readonly kind: 'unknown'; readonly reason: string; readonly file: string | null };

type Judged = { readonly file: string; readonly fit: FileFit };

const order = ['fits', 'fits-by-napi', 'fits-by-abi3', 'unknown', 'does-not-fit'] as const;
const longestList = 8;

const inBuild = ({ path }: NativeFile): boolean => /^build\/(?:Release|Debug)\//.test(path);

/** Those that the package's own loader would try. */
const candidates = ({ files, takesBuildFirst }: Offer): readonly NativeFile[] => {
  const nodes = files.filter(({ path }) => path.endsWith('.node'));
  const built = nodes.filter(inBuild);
  return takesBuildFirst && built.length > 0 ? built : nodes;
};

const admits = ({ demands }: PlatformPackage, { platform, arch, libc }: NodeAbi): boolean =>
  demands !== null &&
  isAdmitted(demands.os, platform) &&
  isAdmitted(demands.cpu, arch) &&
  (libc === null || isAdmitted(demands.libc, libc));

const nodeFiles = (offer: Offer, abi: NodeAbi): readonly Judged[] => [
  ...candidates(offer).map(file => ({ file: file.path, fit: nodeFit(file, abi) })),
  ...offer.platformPackages
    .filter(each => admits(each, abi))
    .flatMap(({ name, files }) =>
      files
        .filter(({ path }) => path.endsWith('.node'))
        .map(file => ({ file: `${name}/${file.path}`, fit: nodeFit(file, abi) })),
    ),
];

const judged = (offer: Offer, abi: Abi): readonly Judged[] =>
  abi.kind === 'node'
    ? nodeFiles(offer, abi)
    : offer.files.filter(isPythonModule).map(file => ({ file: file.path, fit: pythonFit(file, abi) }));

/** Packages for one platform that would serve, had they been installed; and those that were instead. */
const platformWords = ({ platformPackages }: Offer, abi: Abi): { has: string[]; wanted: string } => {
  const has = platformPackages.filter(({ demands }) => demands !== null).map(({ name }) => name);
  const meant = platformPackages.find(
    ({ claims }) => abi.kind === 'node' && claimsAgainst(claims, abi) === null,
  );
  return { has, wanted: meant?.name ?? abi.tag };
};

const unknown = (reason: string, file: string | null = null): Verdict => ({ kind: 'unknown', reason, file });

const refusal = (offer: Offer, abi: Abi, files: readonly Judged[]): Verdict => {
  if (offer.wasm !== null) return unknown(`${offer.wasm} is there, which needs no compiled file`);
  const { has, wanted } = platformWords(offer, abi);
  const others = files.flatMap(({ fit }) => ('has' in fit ? [fit.has] : []));
  return { kind: 'does-not-fit', has: [...new Set([...others, ...has])].slice(0, longestList), wanted };
};

const withoutFiles = (offer: Offer, abi: Abi): Verdict => {
  const { platformPackages } = offer;
  if (abi.kind !== 'node' || platformPackages.length === 0)
    return unknown(`${offer.name} has no compiled files`);
  const present = platformPackages.find(each => admits(each, abi));
  return present === undefined
    ? refusal(offer, abi, [])
    : unknown(`${present.name} has no compiled files, only what may be programs`);
};

/** What a package has against what a runtime loads: the best of its files counts. */
export const verdictOn = (offer: Offer, abi: Abi): Verdict => {
  const files = judged(offer, abi);
  const sorted = files.toSorted((a, b) => order.indexOf(a.fit.verdict) - order.indexOf(b.fit.verdict));
  const [best] = sorted;
  if (!offer.complete && (best === undefined || best.fit.verdict === 'does-not-fit'))
    return unknown(`${offer.name} holds more than is looked at`);
  if (best === undefined) return withoutFiles(offer, abi);
  const { file, fit } = best;
  if (fit.verdict === 'does-not-fit') return refusal(offer, abi, files);
  return fit.verdict === 'unknown' ? unknown(fit.has, file) : { kind: fit.verdict, file };
};

const words = (verdict: Verdict): string => {
  switch (verdict.kind) {
    case 'fits':
      return `fits: ${verdict.file}`;
    case 'fits-by-napi':
      return `fits by Node-API: ${verdict.file}`;
    case 'fits-by-abi3':
      return `fits by the stable ABI: ${verdict.file}`;
    case 'does-not-fit':
      return `does not fit: wanted is ${verdict.wanted}, there is ${verdict.has.join(', ') || 'nothing'}`;
    case 'unknown':
      return `may fit or not: ${verdict.reason}`;
  }
};

/** A verdict for people: completes a sentence that begins with the package's name. Names in it are the package's own. */
export const verdictText = (verdict: Verdict): string => oneLine(words(verdict), 300);
