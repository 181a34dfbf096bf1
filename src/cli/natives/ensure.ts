import type { NativesOutcome } from '../../../machines/contract.ts';
import type { Failure } from '../../../machines/failure.ts';
import type { NativesEmitted } from '../../../machines/natives.ts';
import { pinsFor } from '../../natives/comparison.ts';
import type { NativeDependency } from '../../natives/dependency.ts';
import { probeAbi } from '../../natives/probe.ts';
import { type NativesReport, nativesReport } from '../../natives/report.ts';
import { installOnDemand } from '../../natives-on-demand.ts';
import { readSettings, type Settings } from '../../settings.ts';
import type { CommandContext } from '../command.ts';
import { apiOptions } from '../host.ts';
import { interruptible } from '../interruptible.ts';
import { installingText, nativesText, waitingText } from '../natives-text.ts';
import { UsageError } from '../usage-error.ts';

const checkedSettings = ({ settings }: CommandContext): Settings => {
  try {
    return readSettings(apiOptions(settings));
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
};

/** Those that the settings name; all of them where none is asked for. */
const chosen = (
  natives: readonly NativeDependency[],
  names: readonly string[],
): readonly NativeDependency[] => {
  const known = natives.map(({ name }) => name);
  const unknown = names.find(name => !known.includes(name));
  if (unknown === undefined) return natives.filter(({ name }) => names.length === 0 || names.includes(name));
  throw new UsageError(
    `${JSON.stringify(unknown)} is no native dependency of the settings`,
    known.length === 0
      ? 'Name it as --native NAME, or as "native" in stagedoor.config.json.'
      : `They name ${known.join(', ')}.`,
  );
};

type Job = { readonly all: Settings; readonly named: readonly NativeDependency[] };

/** One run of the chart. A tree is made for all that the settings name, for that is the one a launch looks for. */
const match = async (
  { all, named }: Job,
  { output, progress }: CommandContext,
  signal: AbortSignal,
): Promise<NativesOutcome> => {
  // Loaded here: every other command does without the charts.
  const { createNativesEffects } = await import('../../natives/asking.ts');
  const { runNatives } = await import('../../actors/natives.ts');
  const { stagingOnDemand } = await import('../../staging-on-demand.ts');
  const staging = stagingOnDemand(all);
  const { fs, exec, natives, nativesMode: mode } = all.launch;
  const setup = { fs, exec, mode, ownPath: () => [] };
  const install = installOnDemand(staging.fetchNatives, ({ bytes, total }) =>
    progress.show({ phase: 'installing', bytes, total }),
  );
  const tell = (event: NativesEmitted): void => {
    if (event.type === 'natives.installing') output.note(installingText(event));
    if (event.type === 'natives.waiting') output.note(waitingText(event));
  };
  const { compare } = createNativesEffects({ ...setup, natives: named }, { install });
  try {
    const effects = { ...createNativesEffects({ ...setup, natives }, { install }), compare };
    const input = { mode, subject: { candidate: null } };
    return await runNatives(effects, input, signal, { tell });
  } finally {
    progress.clear();
    await staging.close();
  }
};

/** What to do where the gate stays closed and the chart itself does not know more. */
const withAdvice = async (
  failure: Failure,
  { outcome, places }: Pick<NativesReport, 'outcome' | 'places'>,
  { all, named }: Job,
): Promise<Failure> => {
  if (outcome === 'skipped') {
    const hint = 'The mode is skip, so nothing is installed: set STAGEDOOR_NATIVES to auto.';
    return { ...failure, hint };
  }
  const abi = await probeAbi(all.launch.exec);
  const lacking = named.filter(({ name }) => places.every(place => place.name !== name));
  const unpinned = lacking.find(native => abi !== null && pinsFor(native, abi).length === 0);
  if (unpinned === undefined) return failure;
  const command = `stagedoor natives pin ${unpinned.name}${abi?.kind === 'python' ? '==' : '@'}VERSION`;
  const hint = `Nothing may be installed for ${unpinned.name}: ${command} prints what allows it.`;
  return { ...failure, hint };
};

const shape = ({ code, blame, message, hint }: Failure) => ({ code, blame, message, hint });

const answer = async (job: Job, outcome: NativesOutcome, { output }: CommandContext): Promise<number> => {
  const { fault, ...report } = nativesReport(outcome);
  const error = report.error === null ? null : await withAdvice(report.error, report, job);
  const { exec } = job.all.launch;
  const names = job.named.map(({ name }) => name);
  if (error !== null && !output.json) output.problem(error);
  else {
    if (fault !== null) output.note(`nothing was installed: ${fault.code}: ${fault.message}`);
    output.answer({
      data: {
        ...report,
        error: error === null ? null : shape(error),
        ...(fault === null ? {} : { fault: shape(fault) }),
      },
      text: style => nativesText(report, { exec, names }, style),
    });
  }
  return error === null ? 0 : 1;
};

/** Makes sure that natives fit the executable, as a launch would; an interruption leaves nothing behind. */
export const ensureNatives = async (context: CommandContext, names: readonly string[]): Promise<number> => {
  const all = checkedSettings(context);
  const job = { all, named: chosen(all.launch.natives, names) };
  return interruptible(context, async signal => answer(job, await match(job, context, signal), context));
};
