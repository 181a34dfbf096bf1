/** The fuses in the order of the wire, by the names that electron-builder uses. A wire ends where its Electron knows no more. */
export const fuseNames = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
  'wasmTrapHandlers',
] as const;
export type FuseName = (typeof fuseNames)[number];

export type FuseDemand = {
  readonly state: boolean;
  /** Whether a build fails that does not meet it; else it is reported. */
  readonly refuse: boolean;
  readonly reason: string;
};

/**
 * What a shell with a runtime in the user's data should be like. Refused is what gives anybody who may set a variable or
 * an argument the shell's own rights; reported is what an app may have reasons for. `runAsNode` is missing on purpose:
 * either is fine. Where it is on, the runtime is a child that runs as Node; where it is off, a utility process.
 */
export const defaultDemands: Readonly<Partial<Record<FuseName, FuseDemand>>> = {
  enableNodeOptionsEnvironmentVariable: {
    state: false,
    refuse: true,
    reason: 'NODE_OPTIONS would load code into the signed shell',
  },
  enableNodeCliInspectArguments: {
    state: false,
    refuse: true,
    reason: '--inspect would open the signed shell to any debugger',
  },
  onlyLoadAppFromAsar: {
    state: true,
    refuse: false,
    reason: 'a folder named app beside app.asar would be loaded in its place',
  },
  enableEmbeddedAsarIntegrityValidation: {
    state: true,
    refuse: false,
    reason: 'a changed app.asar would be loaded; not checked on Linux',
  },
  grantFileProtocolExtraPrivileges: {
    state: false,
    refuse: false,
    reason: 'pages from file: may read other files; an app with a protocol of its own does not need it',
  },
};

/** What an app asks for in place of the defaults: each fuse named here is refused in any other state; `false`: nothing. */
export type FuseDemands = Readonly<Partial<Record<FuseName, boolean>>> | false;

/** The defaults with the app's own demands over them. */
export const demandsOf = (own: FuseDemands = {}): ReadonlyMap<FuseName, FuseDemand> => {
  if (own === false) return new Map();
  const demanded = fuseNames.flatMap((name): (readonly [FuseName, FuseDemand])[] => {
    const state = own[name];
    if (state !== undefined) return [[name, { state, refuse: true, reason: 'the app demands it' }]];
    const usual = defaultDemands[name];
    return usual === undefined ? [] : [[name, usual]];
  });
  return new Map(demanded);
};
