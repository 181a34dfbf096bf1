/**
 * The nouns of the charts and the input and output of every slot. The charts own this contract, the adapters in
 * `src/` obey it. Everything here is plain JSON.
 */
import type { Failure, FailureCode } from './failure.ts';

// ---------------------------------------------------------------------------------------------- update

/** What the registry offers: one exact version with the SHA-512 that its bytes must have. */
export type Release = {
  readonly name: string;
  readonly version: string;
  /** Subresource integrity, `sha512-…` (P-17). */
  readonly integrity: string;
  /** Unpacked bytes as announced by the registry; undefined where it does not say. */
  readonly unpackedSize: number | undefined;
};

/** Which part of the package does not admit this machine (U-05). */
export type Incompatibility = {
  readonly field: 'engines' | 'os' | 'cpu' | 'libc';
  readonly wanted: string;
  readonly actual: string;
};

/** What a package asks of the shell, and the shell that is here: `my-app >=3` and `2.1.0`, or `unknown`. */
export type ShellDemand = { readonly needs: string; readonly shell: string };

export type CheckRequest = { readonly origin: 'schedule' | 'host' };

/** A version on offer, and the name of the scratch folder to stage it in. */
type Offer = {
  readonly release: Release;
  readonly current: string | null;
  readonly scratch: string;
  /** Why it must not be staged now although it is newer (a pin in the store); null where nothing is in the way. */
  readonly refusal: Refusal | null;
};

/**
 * The answer of one check. `adoptable` is a finished folder that no pointer names yet (U-10). `outgrown`: the channel's
 * version needs a newer shell, and nothing between it and the current one fits this shell.
 */
export type CheckResult =
  | ({ readonly kind: 'available' } & Offer)
  | ({ readonly kind: 'adoptable' } & Offer)
  | { readonly kind: 'upToDate'; readonly version: string; readonly current: string }
  | { readonly kind: 'alreadyStaged'; readonly version: string }
  | { readonly kind: 'badVersion'; readonly version: string; readonly mark: BadMark }
  | { readonly kind: 'incompatible'; readonly version: string; readonly reason: Incompatibility }
  | ({ readonly kind: 'outgrown'; readonly version: string } & ShellDemand);

/** A scratch folder is named by the version and an id that is unique per attempt (S-07). */
export type ScratchInput = { readonly release: Release; readonly scratch: string };
export type DownloadOutput = { readonly bytes: number };
export type ExtractOutput = { readonly files: number; readonly bytes: number };
export type NativesOutput = { readonly natives: readonly string[] };
export type VerifyOutput = {
  /** SHA-256 (hex) of the tree list, kept in the pointer. */
  readonly tree: string;
};
export type CommitInput = ScratchInput & VerifyOutput;
export type CommitOutput =
  /** `superseded`: the version that was staged before and never launched, if this one replaces it. */
  | { readonly kind: 'committed'; readonly seq: number; readonly superseded: string | null }
  /** Another process has staged a newer version meanwhile: the pointer stays with that one. */
  | { readonly kind: 'overtaken'; readonly by: string };

// ---------------------------------------------------------------------------------------------- natives

/** What may be done where no native fits: install a tree, or nothing (N-06). */
export type NativesMode = 'auto' | 'skip';

/**
 * Whose natives are in question: those of a runtime that is about to start, or, with null, those of the bundle, which every
 * staged version is given.
 */
export type NativesSubject = { readonly candidate: Candidate | null };

/** Where a native dependency fits: beside the runtime itself, in the bundle, or in a tree. */
export type NativePlace = { readonly name: string; readonly from: 'own' | 'bundle' | 'tree' };

/** A native dependency that fits nowhere. */
export type NativeLack = {
  readonly name: string;
  /** Everything that is there was made for something else; false: nobody can say. */
  readonly certain: boolean;
  /** What to do about it, with the command (N-09). */
  readonly sentence: string;
};

export type NativesTarget = { readonly subject: NativesSubject; readonly tag: string };

/** What fits without a tree, and what does not. */
export type NativesComparison = {
  readonly places: readonly NativePlace[];
  readonly lacking: readonly NativeLack[];
  /**
   * A tree may be had (N-04): what fits nowhere is pinned by hash, all of it; or, where none does for certain and nothing is
   * about to start, some of what nobody can judge.
   */
  readonly installable: boolean;
};

/** A finished tree: natives for one ABI. `stamp` names its folder, made of our version and what it holds (N-04). */
export type NativeTree = { readonly tag: string; readonly stamp: string; readonly names: readonly string[] };

/** A tree on its way, in a scratch folder of its own (S-07). */
export type NativesDraft = { readonly tag: string; readonly scratch: string };
/** What may be left of one that is given up. Null: nobody has heard of a claim; one that came too late is given back all the same. */
export type NativesRemains = { readonly tag: string; readonly scratch: string | null };
export type NativesProof =
  | { readonly kind: 'loaded' }
  /** `buildable`: the app has asked for a build from source where nothing else loads. */
  | { readonly kind: 'refused'; readonly failure: Failure; readonly buildable: boolean };

/** What came of it (N-05). `failure`: the gate is closed, nothing that needs these natives may start (N-07). */
export type NativesOutcome = {
  readonly kind: 'matched' | 'skipped' | 'cached' | 'ready' | 'unavailable';
  /** Null: the executable does not say what it is, or was not asked because nothing is needed. */
  readonly tag: string | null;
  readonly places: readonly NativePlace[];
  readonly tree: NativeTree | null;
  readonly failure: Failure | null;
  /** What went wrong on the way to a tree, also where the gate is open: then it costs the tree, not the start. */
  readonly fault: Failure | null;
};

// ---------------------------------------------------------------------------------------------- launch

export type Role = 'pinned' | 'override' | 'previous' | 'bundled';

/** A runtime that may be launched. */
export type Candidate = {
  readonly role: Role;
  readonly version: string;
  /** SHA-256 of its tree list; null for the bundled runtime and for a pointer of the older shape. */
  readonly tree: string | null;
  /** No launch of this version has been ready yet: it gets the longer deadline. */
  readonly firstStart: boolean;
};

/** Why something is not launched or not installed. `explain()` is made of these. */
export type Refusal = {
  readonly code: RefusalCode;
  readonly version: string | null;
  readonly message: string;
};
export type RefusalCode =
  | 'no-pointer'
  | 'invalid-pointer'
  | 'not-above-bundled'
  | 'bad-version'
  | 'entry-missing'
  | 'pinned'
  | 'pin-unavailable'
  | 'failed-in-this-launch'
  | 'no-previous'
  | 'no-bundled'
  | 'runtime-unproven'
  | 'resolver-failed'
  | 'marks-ignored';

export type ResolveInput = {
  /** Versions that have already failed in this launch (L-03). */
  readonly exclude: readonly string[];
};
export type Resolution = {
  /** In the order in which they are tried, each version at most once. */
  readonly candidates: readonly Candidate[];
  readonly refusals: readonly Refusal[];
};

/** The write-ahead record of one spawn. */
export type Attempt = { readonly id: string; readonly candidate: Candidate };

/** How a child ended. */
export type Exit = {
  readonly code: number | null;
  readonly signal: string | null;
  /** A signal that neither the runtime nor we sent: the system, a user, the OOM killer. */
  readonly external: boolean;
  /** Milliseconds from spawn to exit. */
  readonly uptimeMs: number;
  /** An errno or loader fault of the machine found in the last output (ENOSPC, EADDRINUSE, a dlopen failure …). */
  readonly environment: string | null;
  /** The last lines of output, for the reason. */
  readonly tail: string;
};

export type ProbeResult =
  | { readonly kind: 'ready'; readonly afterMs: number }
  | { readonly kind: 'timedOut'; readonly deadlineMs: number }
  /** Time stood still (suspend) or the session is ending: the proof is neither good nor bad. */
  | { readonly kind: 'inconclusive'; readonly reason: string };

/** The observation a verdict is made of: the rows of the verdict table. */
export type Observation =
  | 'treeDamaged'
  | 'nativesMissing'
  | 'spawnFailed'
  | 'portTaken'
  | 'environmentExit'
  | 'inconclusive'
  | 'exitedEarly'
  | 'timedOut'
  | 'crashLoop'
  | 'shellDied';

/** A candidate that did not start, with the evidence captured at its own spawn (L-05). */
export type Suspect = {
  readonly candidate: Candidate;
  readonly attempt: string | null;
  readonly observation: Observation;
  readonly failure: Failure;
  readonly exit: Exit | null;
};

export type VerdictKind = 'installDamaged' | 'environment' | 'inconclusive' | 'version' | 'suspect';
export type Mark = 'none' | 'strike' | 'bad';
export type Verdict = { readonly kind: VerdictKind; readonly mark: Mark; readonly reason: string };
export type Judgement = { readonly suspect: Suspect; readonly verdict: Verdict };

export type SettleInput = { readonly judgements: readonly Judgement[] };
export type SettleOutput = {
  /** Versions that are bad from now on (a second strike counts) and were rolled back. */
  readonly rolledBack: readonly { readonly version: string; readonly reason: string }[];
};

export type ReadyOutput = {
  /** Healthy launches of this version, this one included. */
  readonly healthyLaunches: number;
  readonly trusted: boolean;
};

/** An entry of `bad-versions.json`: the verdict with its key, reason and history. */
export type BadMark = {
  readonly version: string;
  readonly integrity: string | null;
  readonly platform: string;
  readonly abi: string;
  readonly shellVersion: string;
  readonly cause: FailureCode | 'ROLLED_BACK' | 'SHELL_DIED';
  readonly reason: string;
  /** A version is bad at two strikes; a verdict without doubt counts as two. */
  readonly strikes: number;
  /** The attempt that gave the last strike, null where none is known. No attempt gives two. */
  readonly attempt: string | null;
  /** ISO 8601, for display and for the 14 days. */
  readonly firstSeen: string;
  readonly lastSeen: string;
};

// ---------------------------------------------------------------------------------------------- plugins

export type Ecosystem = 'npm' | 'python';

/** A plugin as it is asked for: a name, and a version, range, tag (npm) or specifier (PEP 440); null: the newest. */
export type PluginWish = {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly spec: string | null;
};

/** Something that a plugin, or what it brings, asks for by a name that belongs to the runtime. */
export type PluginDemand = {
  /** As it is imported: the name of the package, or its alias. */
  readonly as: string;
  /** The package that it stands for, in the spelling of who asks. */
  readonly name: string;
  /** A range of npm, or a specifier of PEP 440; empty where every version will do. */
  readonly range: string;
  /** Who asks, the plugin first: `["chart-plugin@1.2.0", "d3-helper@0.3.0"]`. */
  readonly chain: readonly string[];
};

/** A package that comes with a plugin. */
export type PluginPackage = {
  readonly name: string;
  readonly version: string;
  /** Subresource integrity of its archive: `sha512-…` of npm, `sha256:<hex>` of Python. */
  readonly integrity: string;
  /** From the plugin's tree on, with forward slashes: `node_modules/a/node_modules/b`, or `site-packages`. */
  readonly place: string;
};

/** What installing a plugin would bring, with the scratch folder to do it in (S-07). */
export type PluginPlan = {
  readonly wish: PluginWish;
  readonly version: string;
  /** The plugin itself first; nothing in it belongs to the runtime. */
  readonly packages: readonly PluginPackage[];
  /** Everything that is asked for and belongs to the runtime, once for each who asks. */
  readonly demands: readonly PluginDemand[];
  readonly scratch: string;
  /** The very same is installed and whole. */
  readonly present: boolean;
};

/** A package of the runtime that a plugin is given instead of a copy of its own (K-05). */
export type SharedPackage = { readonly name: string; readonly version: string };

/** Why a demand can't be met by what the runtime has. */
export type PluginConflict = PluginDemand & {
  /**
   * `version`: another one is needed. `look-alike`: the name differs from a locked one in its case only. `built-in`: it has the name
   * of a module that the runtime itself has built in. `joined`: the runtime's copy is part of a file and can't be shared. `address`: it is
   * asked for by an address in place of an index (`range`: `@ URL`), and nothing is taken from there. `beside`: another plugin brings
   * it as well, in another version or from another package, and Python has one place for both.
   */
  readonly reason: 'version' | 'look-alike' | 'built-in' | 'joined' | 'address' | 'beside';
  /** The runtime's version, or that of the other plugin's; null where there is none. */
  readonly locked: string | null;
  /** The package that the runtime, or the other plugin, has under that name, where it is another one than `name`. */
  readonly holder?: string;
  /** The other plugin, as `NAME@VERSION`. */
  readonly beside?: string;
};

export type PluginComparison = {
  readonly shared: readonly SharedPackage[];
  readonly conflicts: readonly PluginConflict[];
};

/** What the archives themselves ask for of the runtime, and can't be met: of it registries announce nothing (K-05). */
export type PluginStaged = Pick<PluginComparison, 'conflicts'>;

export type PluginVerified = {
  /** SHA-256 (hex) of the tree list. */
  readonly tree: string;
  /** Names of packages or modules that came in an archive, belong to the runtime, and were left out. */
  readonly stripped: readonly string[];
};
export type PluginDraft = { readonly plan: PluginPlan; readonly shared: readonly SharedPackage[] };
export type PluginCommit = PluginDraft & { readonly verified: PluginVerified };
/** `replaced`: the version that was installed before. */
export type PluginCommitted = { readonly replaced: string | null };
/** Null: nothing by that name was installed. */
export type PluginRemoved = { readonly removed: string | null };

/** What came of it. Nothing is half installed: all but `installed` and `removed` leave the plugins as they were. */
export type PluginOutcome =
  | ({ readonly kind: 'installed'; readonly version: string } & PluginCommitted &
      Pick<PluginDraft, 'shared'> &
      Pick<PluginVerified, 'stripped'>)
  | { readonly kind: 'present'; readonly version: string; readonly shared: readonly SharedPackage[] }
  | { readonly kind: 'refused'; readonly version: string; readonly conflicts: readonly PluginConflict[] }
  | { readonly kind: 'removed'; readonly version: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'cancelled' };
