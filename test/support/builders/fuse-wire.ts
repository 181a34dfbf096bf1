import { randomBytes } from 'node:crypto';
import { FuseVersion, flipFuses } from '@electron/fuses';

/** What Electron's programs carry before their fuses. */
export const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** `1` on, `0` off, `r` removed, in the order of the wire. */
export type Wire = { readonly states: string; readonly version?: number; readonly length?: number };

/** What Electron ships with before anybody flips: of nine fuses, three on and then the newest. */
export const factoryStates = '101100011';
/** Both that a build is refused for are off, both about app.asar are on. */
export const soundStates = '100011001';

export const wireBytes = ({ states, version = 1, length = states.length }: Wire): Buffer =>
  Buffer.concat([Buffer.from(sentinel), Buffer.from([version, length]), Buffer.from(states)]);

/** Something of a program on both sides, so that the wire neither begins nor ends the file. */
export const programWith = (...wires: readonly Wire[]): Buffer =>
  Buffer.concat([randomBytes(3000), ...wires.flatMap(wire => [wireBytes(wire), randomBytes(500)])]);

/** Flips with the library that builders use. */
export const flip = (executable: string, fuses: Readonly<Record<number, boolean>>): Promise<number> =>
  flipFuses(executable, { version: FuseVersion.V1, ...fuses });
