import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Before the wire of fuses in every executable of Electron (its documentation of fuses). */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** This Node, also where a shell's executable stands in for it later. */
export const nodeExecutable = process.execPath;

/** What the fuse `runAsNode` of a shell's executable says. */
export type Fuse = 'on' | 'off';

/** The code of an executable that was started as a second app in place of Node. */
export const secondAppCode = 86;

/**
 * Stands in for the executable of an Electron app: with its fuse wire, as Node where the fuse is on and
 * `ELECTRON_RUN_AS_NODE` is set, and as a second app, which nobody wants, in every other case. POSIX only.
 */
export const writeExecutable = (dir: string, fuse: Fuse): string => {
  const file = path.join(dir, 'shell-executable');
  const states = `${fuse === 'on' ? '1' : '0'}00001010`;
  const wire = Buffer.from([1, states.length]);
  const node =
    fuse === 'on' ? `if [ "$ELECTRON_RUN_AS_NODE" = 1 ]; then exec '${nodeExecutable}' "$@"; fi` : '';
  writeFileSync(
    file,
    Buffer.concat([
      Buffer.from(
        `#!/bin/sh\n${node}\necho 'a second app was started' >&2\nexit ${secondAppCode}\n# ${sentinel}`,
      ),
      wire,
      Buffer.from(`${states}\n`),
    ]),
  );
  chmodSync(file, 0o755);
  return file;
};
