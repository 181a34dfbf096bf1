import type { Failure, FailureCode } from '../../machines/failure.ts';
import { usualHint } from '../failure.ts';

/** No check comes back to a plugin by itself, nothing is remembered of one that failed, and nobody follows a channel. */
const ways: Partial<Record<FailureCode, string>> = {
  REGISTRY_UNREACHABLE: 'Check the network or the proxy, and try again.',
  REGISTRY_REFUSED: 'Check the name and the range of the plugin, and the credentials of the registry.',
  INTEGRITY_MISMATCH: 'The bytes are not the ones that were published; try again.',
  DOWNLOAD_TOO_LARGE: 'Choose a smaller version of the plugin.',
  DOWNLOAD_STALLED: 'Try again.',
  PACKAGE_INVALID: 'Ask its publisher, or choose another version of the plugin.',
  PACKAGE_UNSAFE: 'Ask its publisher, or choose another version of the plugin.',
  DISK_FULL: 'Free some space, and try again.',
  STORE_UNREADABLE: 'Check the store folder (stagedoor doctor).',
};

/** A failure of plugins: where only its code says what to do, what that is for a plugin. */
export const pluginFailure = (failure: Failure): Failure => {
  const { code, hint } = failure;
  return hint === usualHint(code) ? { ...failure, hint: ways[code] ?? hint } : failure;
};
