import { execFileSync } from 'node:child_process';
import { isFull } from '../proof/run.ts';
import { noNodeBuild, pythonHeaders } from './addons.ts';
import { type Interpreter, interpreters } from './interpreters.ts';

export const hasModule = ({ exec }: Interpreter, name: string): boolean => {
  try {
    execFileSync(exec, ['-I', '-c', `import ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const byVersion = (a: Interpreter, b: Interpreter): number =>
  a.version.localeCompare(b.version, 'en', { numeric: true });
const hasPip = (one: Interpreter): boolean => hasModule(one, 'pip');
const isUsable = (one: Interpreter): boolean => pythonHeaders(one.exec) !== null && hasPip(one);

const found = [...interpreters()].sort(byVersion);
/** Pythons that may have headers and pip, by their version. */
const candidates = noNodeBuild?.includes('g++') ? [] : found;
const last = candidates.findLast(isUsable);
const first = candidates.find(isUsable);

/** The last of those with headers and pip that is such a one. */
export const lastWith = (isWanted: (one: Interpreter) => boolean): Interpreter | undefined =>
  candidates.findLast(one => isUsable(one) && isWanted(one));

export const none = last === undefined;
export const alone = last === first;
export const newest: Interpreter = last ?? { exec: '', version: '' };
export const oldest: Interpreter = first ?? newest;
/** The oldest and the newest, where they are two. */
export const ends: readonly Interpreter[] = alone ? [newest] : [oldest, newest];
/** All of them, or in a short run the newest. */
export const chosen: readonly Interpreter[] = isFull ? candidates.filter(isUsable) : none ? [] : [newest];

/** The oldest and the newest that have pip, headers or not. */
export const pipEnds: readonly Interpreter[] = [
  ...new Set([found.find(hasPip), found.findLast(hasPip)].filter(one => one !== undefined)),
];

console.log(
  none
    ? 'skipped: Python packages, because no Python with headers and pip is found here'
    : `Python packages: ${chosen.map(({ version }) => version).join(', ')}`,
);
