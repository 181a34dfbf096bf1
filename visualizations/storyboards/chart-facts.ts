import type { LaunchContext } from '#machines/launch.js';
import type { NativesContext } from '#machines/natives.js';
import type { PluginInstallContext } from '#machines/plugin-install.js';
import type { SupervisorContext } from '#machines/supervisor.js';
import type { UpdateContext, UpdateResult } from '#machines/update.js';
import type { ChartName } from '#src/chart-watch.js';
import { conflictText } from '#src/plugins/conflict-text.js';

export type Facts = Readonly<Record<string, string>>;

const resultWords = (result: UpdateResult): string => {
  switch (result.kind) {
    case 'failed':
      return `${result.failure.code}: ${result.failure.message}`;
    case 'cancelled':
      return 'cancelled';
    case 'deferred':
      return `${result.version} deferred: ${result.refusal.message}`;
    case 'badVersion':
      return `${result.version} is marked bad: ${result.mark.reason}`;
    case 'incompatible':
      return `${result.version} wants ${result.reason.field} ${result.reason.wanted}`;
    case 'outgrown':
      return `${result.version} needs ${result.needs}, the shell is ${result.shell}`;
    case 'upToDate':
      return `up to date: ${result.version} is offered, ${result.current} is here`;
    case 'alreadyStaged':
      return `${result.version} is staged already`;
    case 'available':
      return `${result.version} is available`;
    case 'staged':
      return result.superseded === null
        ? `${result.version} is staged`
        : `${result.version} is staged and supersedes ${result.superseded}`;
  }
};

const launchFacts = (context: LaunchContext): Facts => {
  const { candidate, queue, suspects, judgements, refusals, deaths } = context;
  return {
    ...(candidate === null ? {} : { candidate: `${candidate.version} (${candidate.role})` }),
    ...(queue.length === 0
      ? {}
      : { 'then the chain': queue.map(({ version, role }) => `${version} (${role})`).join(', ') }),
    ...(refusals.length === 0 ? {} : { 'not launched': refusals.map(({ message }) => message).join('; ') }),
    ...(deaths === 0 ? {} : { deaths: String(deaths) }),
    ...(suspects.length === 0
      ? {}
      : { suspects: suspects.map(({ failure }) => `${failure.code}: ${failure.message}`).join('; ') }),
    ...(judgements.length === 0
      ? {}
      : {
          verdict: judgements
            .map(({ suspect, verdict }) =>
              verdict.mark === 'none'
                ? `${suspect.candidate.version} is not blamed: ${verdict.reason}`
                : `${suspect.candidate.version} gets ${verdict.mark === 'bad' ? 'marked bad' : 'a strike'}: ${verdict.reason}`,
            )
            .join('; '),
        }),
  };
};

const updateFacts = ({ release, result, failures, deferral }: UpdateContext): Facts => ({
  ...(release === null ? {} : { offered: release.version }),
  ...(result === null ? {} : { result: resultWords(result) }),
  ...(failures === 0 ? {} : { 'failures in a row': String(failures) }),
  ...(deferral === null ? {} : { 'not now': deferral.message }),
});

const supervisorFacts = ({ leases, staged, lost }: SupervisorContext): Facts => ({
  ...(staged === null ? {} : { 'staged in this run': staged }),
  ...(leases.length === 0 ? {} : { 'running work': leases.map(({ name }) => name).join(', ') }),
  ...(lost === null ? {} : { lost: `${lost.failure.code}: ${lost.failure.message}` }),
});

const nativesFacts = ({ tag, places, lacking, tree, fault }: NativesContext): Facts => ({
  ...(tag === null ? {} : { executable: tag }),
  ...(places.length === 0 ? {} : { fit: places.map(({ name, from }) => `${name} (${from})`).join(', ') }),
  ...(lacking.length === 0
    ? {}
    : {
        'fit nowhere': lacking
          .map(({ name, certain }) => (certain ? name : `${name} (nobody can tell)`))
          .join(', '),
      }),
  ...(tree === null ? {} : { tree: tree.stamp }),
  ...(fault === null ? {} : { fault: `${fault.code}: ${fault.message}` }),
});

const pluginFacts = (context: PluginInstallContext): Facts => {
  const { plan, shared, conflicts, stripped, former, fault } = context;
  const brings = plan.packages.map(({ name, version }) => `${name} ${version}`);
  return {
    ...(plan.version === '' ? {} : { plugin: `${plan.wish.name} ${plan.version}` }),
    ...(brings.length === 0 ? {} : { brings: brings.join(', ') }),
    ...(shared.length === 0
      ? {}
      : { shares: shared.map(({ name, version }) => `${name} ${version}`).join(', ') }),
    ...(conflicts.length === 0
      ? {}
      : { 'not met': conflicts.map(one => conflictText(one, plan.wish.ecosystem)).join('; ') }),
    ...(stripped.length === 0 ? {} : { 'left out': stripped.join(', ') }),
    ...(former === null ? {} : { 'was installed': former }),
    ...(fault === null ? {} : { fault: `${fault.code}: ${fault.message}` }),
  };
};

/** What a chart knows, in the order to be read. The context comes from an inspected snapshot of that very chart. */
export const factsOf = (chart: ChartName, context: unknown): Facts => {
  if (chart === 'launch') return launchFacts(context as LaunchContext);
  if (chart === 'natives') return nativesFacts(context as NativesContext);
  if (chart === 'plugin-install') return pluginFacts(context as PluginInstallContext);
  return chart === 'update'
    ? updateFacts(context as UpdateContext)
    : supervisorFacts(context as SupervisorContext);
};
