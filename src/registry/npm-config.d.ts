/** npm's own loader of `.npmrc`, which ships without types: only what is used here. */
declare module '@npmcli/config' {
  type Options = {
    readonly npmPath: string;
    readonly definitions: unknown;
    readonly shorthands: unknown;
    readonly flatten: unknown;
    readonly nerfDarts: unknown;
    readonly argv: readonly string[];
    readonly env: Record<string, string | undefined>;
    readonly warn: boolean;
  };
  export default class Config {
    constructor(options: Options);
    load(): Promise<void>;
    readonly flat: Readonly<Record<string, unknown>>;
  }
}

declare module '@npmcli/config/lib/definitions/index.js' {
  const known: {
    readonly definitions: unknown;
    readonly shorthands: unknown;
    readonly flatten: unknown;
    readonly nerfDarts: unknown;
  };
  export default known;
}
