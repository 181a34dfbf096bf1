import type { Exit } from '../../machines/contract.ts';
import { redact } from '../failure.ts';
import { environmentFault } from './environment-fault.ts';
import { lastLines } from './output-tail.ts';

/** How the system says that a child ended, with what was known of it. */
export type Ending = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly uptimeMs: number;
  readonly output: string;
  /** Signals that were sent through us. */
  readonly sent: ReadonlySet<string>;
  readonly platform?: NodeJS.Platform;
};

/** Signals that come from a user, the system or its OOM killer. The others (SIGSEGV, SIGABRT …) a program brings on itself. */
const outsideSignals: ReadonlySet<string> = new Set([
  'SIGTERM',
  'SIGKILL',
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGPWR',
  'SIGXCPU',
]);

/** Windows has exit codes instead: ended by Ctrl+C or a closed console, and by the end of the session. */
const outsideCodes: ReadonlySet<number> = new Set([0xc000013a, 0x40010004]);

const isExternal = ({ code, signal, sent, platform = process.platform }: Ending): boolean => {
  if (signal !== null) return outsideSignals.has(signal) && !sent.has(signal);
  return platform === 'win32' && code !== null && sent.size === 0 && outsideCodes.has(code >>> 0);
};

/** The facts of an end, for the verdict. */
export const exitOf = (ending: Ending): Exit => ({
  code: ending.code,
  signal: ending.signal,
  external: isExternal(ending),
  uptimeMs: Math.round(ending.uptimeMs),
  environment: environmentFault(ending.output),
  tail: redact(lastLines(ending.output)),
});
