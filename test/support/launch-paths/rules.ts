import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { childrenBelow, type LivingChild } from './processes.ts';
import type { Slot } from './stage.ts';
import { differences } from './versions.ts';
import type { World } from './world.ts';

type Mark = { readonly version: string; readonly strikes: number };
type Attempt = { readonly id: string; readonly version: string; readonly state: string };

/** Own readings of the store: nothing of the code under test is used. */
const textOf = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};
const jsonIn = (file: string): Record<string, unknown> => JSON.parse(textOf(file) ?? '{}');

export const pointedTo = ({ layout }: World): unknown => jsonIn(layout.current).version;
export const marksIn = ({ layout }: World): readonly Mark[] =>
  (jsonIn(layout.badVersions).versions ?? []) as readonly Mark[];
export const attemptsIn = ({ layout }: World): Attempt[] =>
  readdirSync(layout.attempts).map(name => jsonIn(path.join(layout.attempts, name)) as Attempt);

type Health = { readonly launches: number; readonly trusted: boolean };
const healthOf = ({ layout }: World, version: string): Health | undefined =>
  (jsonIn(layout.health).versions as Record<string, Health> | undefined)?.[version];

const strikesOf = (world: World, version: string): number =>
  marksIn(world).find(mark => mark.version === version)?.strikes ?? 0;

/** What the words of a path have shown of a version: the left column of the verdict table. */
export type Observed = { readonly version: string; readonly role: string; readonly strikes: number };

/** Effects that may change what is launched next. */
const mayPoint: readonly string[] = ['resolveCandidates', 'quarantineTree', 'settleVerdicts'];

/**
 * What must hold on the disk and in the process table whatever the chart looks like. `suspects` are counted from what was done
 * to the children, and the verdict table is written down here a second time.
 */
export const createRules = (world: World) => {
  const broken: string[] = [];
  const seen = new Set<number>();
  let suspects: Observed[] = [];
  /** Strikes that may be written, and must be once the verdicts are said to be written. */
  let due: ReadonlyMap<string, number> = new Map();
  let known: ReadonlyMap<string, number> = new Map();
  let pointer = textOf(world.layout.current);
  let settling = false;
  const unsettled = new Set<string>();
  const misfits = new Set<string>();

  const say = (rule: string): void => {
    broken.push(rule);
  };

  const versionOf = ({ entry }: LivingChild): string =>
    entry.startsWith(world.bundled) ? '1.0.0' : path.basename(path.dirname(entry));

  const lookAt = (child: LivingChild): void => {
    const version = versionOf(child);
    const dir = path.dirname(child.entry);
    if (misfits.has(version)) say(`N-07: ${version} runs although no native fits`);
    if (strikesOf(world, version) >= 2) say(`S-06: ${version} runs although it is marked bad`);
    const other = differences(dir, version);
    if (other.length > 0) say(`P-09: ${version} runs with ${other.join(', ')} changed`);
    const record = attemptsIn(world).find(({ id }) => id === child.attempt);
    if (record === undefined && child.attempt?.startsWith('unrecorded-') !== true)
      say(`P-01: the child of ${version} runs without the record of its attempt`);
    if (record !== undefined && record.version !== version)
      say(`L-05: the attempt of ${record.version} runs ${version}`);
  };

  const children = (): void => {
    const living = childrenBelow(world.dir);
    if (living.length > 1) say(`two children at once: ${living.map(versionOf).join(' and ')}`);
    for (const child of living) {
      if (seen.has(child.pid)) continue;
      seen.add(child.pid);
      lookAt(child);
    }
  };

  const marks = (slots: readonly Slot[]): void => {
    const now = new Map(marksIn(world).map(({ version, strikes }) => [version, strikes]));
    for (const version of new Set([...now.keys(), ...known.keys()])) {
      const [before, after] = [known.get(version) ?? 0, now.get(version) ?? 0];
      if (before === after) continue;
      if (after !== due.get(version))
        say(`P-26: ${version} has ${after} strikes, and the table says ${due.get(version) ?? before}`);
      if (!slots.includes('settleVerdicts')) say(`P-26: ${version} was marked by ${slots.join(' and ')}`);
    }
    known = now;
  };

  world.watch((operation, file, to) => {
    if (operation === 'unlink' && file === world.layout.current && settling) {
      const named = String(pointedTo(world));
      if (strikesOf(world, named) < 2) say(`L-06: the pointer to ${named} goes before its mark is written`);
    }
    const version = path.basename(file);
    if (
      operation === 'rename' &&
      path.dirname(file) === world.layout.versions &&
      to?.startsWith(world.layout.trash)
    ) {
      if (pointedTo(world) === version) say(`L-06: the folder of ${version} goes while it is pointed to`);
      if (settling && strikesOf(world, version) < 2)
        say(`L-06: the folder of ${version} goes before its mark is written`);
    }
  });

  return {
    broken: (): readonly string[] => broken,
    /** Before the effect of a slot goes through. */
    begins: (slot: Slot): void => {
      settling = slot === 'settleVerdicts';
    },
    /** After a step in which the effects of these slots ran. */
    after: (slots: readonly Slot[]): void => {
      settling = false;
      const now = textOf(world.layout.current);
      if (now !== pointer && !slots.some(slot => mayPoint.includes(slot)))
        say(`P-01: ${slots.join(' and ') || 'nothing'} changed the pointer`);
      pointer = now;
      marks(slots);
      children();
    },
    /** The world was put back between two launches. */
    renewed: (): void => {
      misfits.clear();
      pointer = textOf(world.layout.current);
      known = new Map();
      due = new Map();
    },
    /** The record of an attempt, right before the spawn. */
    spawns: (attempt: string): void => {
      if (attempt.startsWith('unrecorded-')) return;
      const state = attemptsIn(world).find(({ id }) => id === attempt)?.state;
      if (state !== 'open')
        say(`P-01: the record of attempt ${attempt} is ${state ?? 'missing'} at its spawn`);
      if (childrenBelow(world.dir).some(child => child.attempt === attempt))
        say(`P-01: the child of attempt ${attempt} runs before it may`);
    },
    suspect: (version: string, role: string, strikes: number): void => {
      suspects = [...suspects, { version, role, strikes }];
    },
    /** Everything that is there of a native was made for something else. */
    gateClosed: (version: string): void => {
      misfits.add(version);
    },
    /** Another candidate has passed in the same environment. */
    controlPassed: (): void => {
      due = new Map(
        suspects
          .filter(({ role, strikes }) => role !== 'bundled' && strikes > 0)
          .map(({ version, strikes }) => [
            version,
            Math.max(known.get(version) ?? 0, strikes === 2 ? 2 : (known.get(version) ?? 0) + 1),
          ]),
      );
    },
    /** The chart was told that the verdicts of a control run that has passed are written. */
    judged: (): void => {
      for (const [version, strikes] of due) {
        if (strikesOf(world, version) !== strikes)
          say(
            `P-27: ${version} has ${strikesOf(world, version)} strikes after the verdict, and the table says ${strikes}`,
          );
        if (strikes >= 2 && (pointedTo(world) === version || existsSync(world.layout.version(version))))
          say(`L-06: ${version} is bad, and its pointer or folder is still there`);
      }
      known = new Map([...known, ...due]);
      suspects = [];
      due = new Map();
    },
    /** The verdicts could not be written: the attempts stay open for a later boot. */
    notJudged: (): void => {
      for (const { id, state } of attemptsIn(world)) if (state === 'open') unsettled.add(id);
      suspects = [];
      due = new Map();
    },
    /** A damaged tree is out of use, so that it is staged anew. */
    setAside: (version: string): void => {
      if (pointedTo(world) === version) say(`P-09: the damaged ${version} is still pointed to`);
      if (existsSync(world.layout.treeList(version)))
        say(`P-09: the damaged ${version} is still in its place`);
    },
    /** A launch was ready, and is remembered. */
    counted: (version: string, attempt: string): void => {
      const state = attemptsIn(world).find(({ id }) => id === attempt)?.state ?? 'ready';
      if (state !== 'ready') say(`P-26: the attempt of ${version} is ${state} although it was ready`);
      if ((healthOf(world, version)?.launches ?? 0) < 1)
        say(`P-26: no healthy launch of ${version} is counted`);
    },
    trusted: (version: string): void => {
      if (healthOf(world, version)?.trusted !== true) say(`P-19: ${version} is not remembered as trusted`);
    },
    forget: (): void => {
      suspects = [];
      due = new Map();
    },
    /** When the launch is over. */
    over: (): void => {
      const living = childrenBelow(world.dir);
      if (living.length > 0) say(`P-30: ${living.map(versionOf).join(' and ')} outlives the launch`);
      const open = attemptsIn(world).filter(({ id, state }) => state === 'open' && !unsettled.has(id));
      if (open.length > 0)
        say(`P-26: the attempt of ${open.map(({ version }) => version).join(' and ')} stays open`);
      const leases = existsSync(world.layout.leases) ? readdirSync(world.layout.leases) : [];
      if (leases.length > 0) say(`P-12: ${leases.length} leases are left`);
    },
  };
};

export type Rules = ReturnType<typeof createRules>;
