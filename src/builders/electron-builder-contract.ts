import type { PlannedFuses } from './fuse-verdict.ts';

/**
 * What is used of electron-builder's `AfterPackContext` (26): a shape of our own, because its package brings some 200 others.
 * `npm run check:builders` holds it against the real types.
 */
export type AfterPackContext = {
  /** Where the installers go; the app lies below. */
  readonly outDir: string;
  readonly appOutDir: string;
  /** `darwin`, `mas`, `win32` or `linux`. */
  readonly electronPlatformName: string;
  /** The number of an architecture in `builder-util`. */
  readonly arch: number;
  readonly packager: {
    readonly projectDir: string;
    readonly appInfo: { readonly productFilename: string; readonly version: string };
    /** Of the Linux packager alone. */
    readonly executableName?: string | undefined;
    readonly config: { readonly electronFuses?: PlannedFuses | null | undefined };
    readonly info: { readonly framework: { readonly version: string } };
    readonly getResourcesDir: (appOutDir: string) => string;
  };
};
