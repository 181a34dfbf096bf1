/** npm's own resolver, which ships without types: only what is used here. */
declare module '@npmcli/arborist' {
  export type ArboristEdge = {
    readonly name: string;
    readonly type: string;
    readonly to: ArboristNode | null | undefined;
  };
  export type ArboristNode = {
    /** From the root on, with forward slashes. */
    readonly location: string;
    /** The package's own name; null for one that could not be had. */
    readonly packageName: string | null | undefined;
    readonly version: string | null | undefined;
    readonly integrity: string | null | undefined;
    readonly isLink: boolean;
    readonly errors: readonly unknown[];
    readonly edgesOut: ReadonlyMap<string, ArboristEdge>;
  };
  export default class Arborist {
    constructor(options: Readonly<Record<string, unknown>>);
    readonly options: { cache?: string | undefined };
    buildIdealTree(options: {
      readonly add: readonly string[];
      readonly update: { readonly all: true };
    }): Promise<ArboristNode>;
  }
}
