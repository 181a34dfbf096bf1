import { type FuseFinding, judgeFuses } from '../electron/fuse-check.ts';
import { type FuseName, fuseNames } from '../electron/fuse-demands.ts';
import { type FuseStates, readFuses } from '../electron/fuses.ts';
import { BuildError } from './build-error.ts';
import { reporter } from './bundle-into-resources.ts';
import type { BuilderOptions } from './options.ts';

/** Fuses that a builder is going to write, by the names of electron-builder's `electronFuses`. */
export type PlannedFuses = Readonly<Partial<Record<FuseName, boolean | null | undefined>>>;

const planned = ({ states, unreadable }: FuseStates, plan: PlannedFuses): FuseStates => {
  const named = fuseNames.flatMap(name =>
    typeof plan[name] === 'boolean' ? [[name, plan[name] ? 'on' : 'off']] : [],
  );
  return { states: { ...states, ...Object.fromEntries(named) }, unreadable };
};

const sentence = ({ fuse, wanted, found, reason }: FuseFinding): string =>
  `the fuse ${fuse} is ${found}, wanted ${wanted}: ${reason}`;

const launchKind = ({ states }: FuseStates): string =>
  states.runAsNode === 'off'
    ? 'the fuse runAsNode is off: the runtime runs as a utility process'
    : `the fuse runAsNode is ${states.runAsNode}: the runtime runs as a child that is Node`;

/**
 * Looks at the fuses of an app's executable, with what the builder is going to write over them. One that is refused fails
 * the build with a `BuildError`; the others, and how the runtime will be run, are reported.
 */
export const settleFuses = async (
  options: BuilderOptions,
  executable: string,
  plan: PlannedFuses = {},
): Promise<void> => {
  if (options.fuses === false) return;
  const report = reporter(options);
  const fuses = planned(await readFuses(executable), plan);
  const findings = judgeFuses(fuses, options.fuses);
  for (const found of findings.filter(({ verdict }) => verdict === 'reported')) report(sentence(found));
  const refused = findings.filter(({ verdict }) => verdict === 'refused');
  if (refused.length > 0) {
    const hint = "Flip them with the builder's fuses, or say what the app demands with the option fuses.";
    throw new BuildError('FUSES_UNSAFE', refused.map(sentence).join('; '), hint);
  }
  report(launchKind(fuses));
};
