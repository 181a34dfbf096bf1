import type { NativesMode } from '../../machines/contract.ts';
import type { NativeDependency } from '../natives/dependency.ts';
import { isNativesMode } from '../natives/mode.ts';
import { type Finding, finding, problem } from './finding.ts';

/** What may refuse compiled files that the app was not signed with, and what to do about it. */
const guards: Readonly<Partial<Record<NodeJS.Platform, { readonly who: string; readonly hint: string }>>> = {
  darwin: {
    who: 'the hardened runtime',
    hint: 'Bundle natives for this ABI, or sign the app with the entitlement com.apple.security.cs.disable-library-validation.',
  },
  win32: {
    who: 'application control (Smart App Control, App Control for Business)',
    hint: 'Bundle natives for this ABI and sign them with the app, or have its policy allow those that are pinned.',
  },
};

const names = (natives: readonly NativeDependency[]): string => natives.map(({ name }) => name).join(', ');

/** Natives from outside the signed bundle are the app's choice, by its pins; the system may not share it. */
export const checkForeignNatives = (
  natives: readonly NativeDependency[],
  mode: NativesMode,
  platform: NodeJS.Platform,
): Finding[] => {
  const pinned = natives.filter(({ pins }) => pins.length > 0);
  const guard = guards[platform];
  if (pinned.length === 0 || mode === 'skip' || guard === undefined) return [];
  const detail = `${names(pinned)} may be installed outside the signed bundle, where ${guard.who} may refuse to load it`;
  return [problem('natives-signing', 'warning', detail, guard.hint)];
};

/** Said where it is not the usual one, or not what somebody has meant. */
export const checkNativesMode = (
  natives: readonly NativeDependency[],
  mode: NativesMode,
  variable: string | undefined,
): Finding[] => {
  if (variable !== undefined && variable.trim() !== '' && !isNativesMode(variable)) {
    const detail = `STAGEDOOR_NATIVES is ${JSON.stringify(variable)} and counts as unset: the mode is ${mode}`;
    return [problem('natives-mode', 'warning', detail, 'Set it to auto or skip, or unset it.')];
  }
  if (natives.length === 0 || mode === 'auto') return [];
  const source = isNativesMode(variable ?? '') ? 'STAGEDOOR_NATIVES' : 'the configuration';
  return [
    finding('natives-mode', `${source} says skip: no natives are installed, and none that were are used`),
  ];
};
