/** What may be put into each text. Bytes and lists are formatted already, for the language of the banner. */
export type BannerValues = {
  /** The name of the region, for who can't see it. */
  readonly region: Record<never, never>;
  readonly downloading: { readonly version: string };
  /** After the download, before it is ready. */
  readonly preparing: { readonly version: string };
  readonly bytes: { readonly bytes: string };
  readonly bytesOfTotal: { readonly bytes: string; readonly total: string };
  readonly staged: { readonly version: string };
  readonly stagedDetail: { readonly version: string };
  readonly restartNow: Record<never, never>;
  readonly restartWhenFinished: Record<never, never>;
  readonly later: Record<never, never>;
  readonly waiting: { readonly version: string };
  /** The version is not known. */
  readonly waitingForRestart: Record<never, never>;
  readonly waitingFor: { readonly names: string; readonly count: number };
  readonly restartNowAnyway: Record<never, never>;
  readonly restarting: Record<never, never>;
  readonly rolledBack: { readonly version: string };
  readonly rolledBackTo: { readonly reason: string; readonly running: string };
  /** Nothing runs instead. */
  readonly rolledBackReason: { readonly reason: string };
  readonly dismiss: Record<never, never>;
  readonly outgrown: { readonly version: string };
  readonly outgrownDetail: { readonly needs: string; readonly shell: string };
  readonly offline: Record<never, never>;
  readonly offlineDetail: Record<never, never>;
  readonly down: Record<never, never>;
  readonly downDetail: Record<never, never>;
  readonly tryAgain: Record<never, never>;
  readonly failed: { readonly message: string; readonly code: string };
  /** What to do after an order that failed, by who is to blame. */
  readonly adviceNetwork: Record<never, never>;
  readonly adviceDisk: Record<never, never>;
  readonly adviceRefused: Record<never, never>;
  readonly adviceOther: Record<never, never>;
};

/** A template, in which `{version}` stands for the value of that name, or a function of the values. */
export type BannerText<Values> = string | ((values: Values) => string);

export type BannerStrings = { readonly [Key in keyof BannerValues]: BannerText<BannerValues[Key]> };

/** A value keeps its own direction inside a text of another one: FIRST STRONG ISOLATE … POP DIRECTIONAL ISOLATE. */
const isolated = (value: unknown): string => `\u2068${String(value)}\u2069`;

const filled = (template: string, values: Readonly<Record<string, unknown>>): string =>
  template.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? isolated(values[name]) : whole,
  );

export type Say = <Key extends keyof BannerValues>(key: Key, values: BannerValues[Key]) => string;

export const sayingWith =
  (strings: BannerStrings): Say =>
  (key, values) => {
    const text: BannerText<typeof values> = strings[key];
    return typeof text === 'function' ? text(values) : filled(text, values);
  };
