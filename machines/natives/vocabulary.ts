import type {
  NativeLack,
  NativePlace,
  NativesMode,
  NativesOutcome,
  NativesSubject,
  NativeTree,
} from '../contract.ts';
import type { Failure } from '../failure.ts';

export type NativesInput = { readonly mode: NativesMode; readonly subject: NativesSubject };

export type NativesContext = NativesInput & {
  /** Null until the executable has said what it is. */
  readonly tag: string | null;
  readonly places: readonly NativePlace[];
  readonly lacking: readonly NativeLack[];
  readonly installable: boolean;
  readonly tree: NativeTree | null;
  /** Name of the scratch folder of a tree that this process makes. */
  readonly scratch: string | null;
  readonly built: boolean;
  /** Why there is no tree, where one was tried. */
  readonly fault: Failure | null;
};

export type NativesEvent =
  /** The start or the update that asked is given up: everything before the commit can be abandoned. */
  { readonly type: 'natives.cancel' };

export type NativesEmitted =
  /** The one line to the user: this happens once for an ABI (N-05). */
  | { readonly type: 'natives.installing'; readonly tag: string; readonly names: readonly string[] }
  /** Another process is at it. */
  | { readonly type: 'natives.waiting'; readonly tag: string; readonly names: readonly string[] }
  | { readonly type: 'natives.settled'; readonly outcome: NativesOutcome };
