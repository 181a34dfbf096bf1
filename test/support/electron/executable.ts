import { appendFileSync, copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Before the wire of fuses in every executable of Electron (its documentation of fuses). */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** This Node, also where a shell's executable stands in for it later. */
export const nodeExecutable = process.execPath;

/** What the fuse `runAsNode` of a shell's executable says. */
export type Fuse = 'on' | 'off';

/** The code of an executable that was started as a second app in place of Node. */
export const secondAppCode = 86;

const wireOf = (fuse: Fuse): Buffer => {
  const states = `${fuse === 'on' ? '1' : '0'}00001010`;
  return Buffer.concat([
    Buffer.from(`\n# ${sentinel}`),
    Buffer.from([1, states.length]),
    Buffer.from(`${states}\n`),
  ]);
};

/** As Node only where the fuse is on and the variable is set. */
const script = (fuse: Fuse): string => `#!/bin/sh
${fuse === 'on' ? `if [ "$ELECTRON_RUN_AS_NODE" = 1 ]; then exec '${nodeExecutable}' "$@"; fi` : ''}
echo 'a second app was started' >&2
exit ${secondAppCode}`;

/**
 * Stands in for the executable of an Electron app: with its fuse wire, as Node where the fuse is on and
 * `ELECTRON_RUN_AS_NODE` is set, and as a second app, which nobody wants, in every other case. Windows runs no scripts: there it
 * is Node with a wire behind it, and a second app is not noticed.
 */
export const writeExecutable = (dir: string, fuse: Fuse): string => {
  const windows = process.platform === 'win32';
  const file = path.join(dir, windows ? 'shell.exe' : 'shell-executable');
  if (windows) copyFileSync(nodeExecutable, file);
  else writeFileSync(file, script(fuse), { mode: 0o755 });
  appendFileSync(file, wireOf(fuse));
  return file;
};
