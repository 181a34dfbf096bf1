/**
 * Hooks of the app that run in a thread of their own. Beside a synchronous hook they break each import of some Nodes (22.15 to 24.6), so
 * that ours give way to a thread, too.
 */

import { Module, syncBuiltinESMExports } from 'node:module';

const option = /(?:^|\s)--(?:experimental-)?loader(?:=|\s|$)/;

/** Whether this process was started with some. */
export const hasLoaderOption = (): boolean => {
  const words = `${process.env.NODE_OPTIONS ?? ''} ${process.execArgv.join(' ')}`;
  // Most starts are spared the pattern.
  return words.includes('loader') && option.test(words);
};

type Register = (...given: unknown[]) => unknown;

/** `act` comes before the first that is registered. */
export const beforeForeignHooks = (act: () => void): void => {
  const modules = Module as unknown as { register?: Register };
  const { register } = modules;
  if (register === undefined) return;
  let waiting = true;
  modules.register = (...given) => {
    if (waiting) {
      waiting = false;
      act();
    }
    return register(...given);
  };
  syncBuiltinESMExports();
};
