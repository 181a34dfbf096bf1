import type { LaunchSetup } from '../../launching/setup.ts';
import { abiText } from '../../natives/abi-text.ts';
import type { Offered } from '../../registry/releases.ts';
import { type OutsideCheck, runDoctor } from '../../upkeep/doctor.ts';
import type { Finding } from '../../upkeep/finding.ts';
import type { CliCommand, CommandContext } from '../command.ts';
import { askedExecutable, examineNatives, type NativesExamination } from '../natives/examination.ts';
import { examinePlugins } from '../plugin/examination.ts';
import type { Settings } from '../settings.ts';
import { openStore } from '../store-context.ts';
import type { Style } from '../style.ts';
import { block, type Row } from '../text.ts';

/** One question to the registry answers both: does it, and is what it offers signed? */
const registryChecks = (
  { fs, packageName, layout }: LaunchSetup,
  settings: Settings,
): readonly OutsideCheck[] => {
  let asked: Promise<Offered> | null = null;
  const askOnce = async (): Promise<Offered> => {
    const { readRelease } = await import('../../registry/releases.ts');
    const { forgetDocuments } = await import('../../staging/forgetting.ts');
    const { defaultLimits: limits } = await import('../../staging/limits.ts');
    const { channel = 'latest', registry } = settings;
    const source = { package: packageName, registry, projectConfig: true, limits };
    return readRelease(
      { ...source, channel, cache: layout.cache, forget: () => forgetDocuments({ fs, layout }) },
      new AbortController().signal,
    );
  };
  const ask = (): Promise<Offered> => {
    asked ??= askOnce();
    return asked;
  };
  return [
    {
      id: 'registry',
      run: async () => `it answers and offers ${(await ask()).release.version}`,
    },
    {
      id: 'signatures',
      run: async () => {
        const { signedBy, release } = await ask();
        const count = signedBy.length;
        if (count > 0)
          return `${release.version} bears ${count} signature${count === 1 ? '' : 's'} of the registry`;
        return `the registry announces none for ${release.version}; its SHA-512 is what is checked`;
      },
    },
  ];
};

const outsideChecks = (
  setup: LaunchSetup,
  settings: Settings,
  natives: NativesExamination,
): readonly OutsideCheck[] => [
  { id: 'executable', run: async () => abiText(await askedExecutable(setup.exec)) },
  ...natives.outside,
  ...(settings.package === undefined ? [] : registryChecks(setup, settings)),
];

const findingRow = ({ id, ok, severity, detail, hint }: Finding, style: Style): Row => {
  if (ok) return [id, `${style.good('ok')}  ${detail}`];
  const word = severity === 'warning' ? style.warning('warning') : style.bad('error');
  return [id, [`${word}  ${detail}`, ...(hint === null ? [] : [style.faint(hint)])]];
};

export const doctorCommand: CliCommand = {
  name: 'doctor',
  summary: 'look at rights, space, clock, registry, executable and leftovers; say what to do',
  run: async (context: CommandContext) => {
    const { settings, output, progress } = context;
    const { fs, layout, setup } = openStore(context, false);
    progress.show({ phase: 'looking', bytes: 0, total: null });
    const { bundledDir, entry, shellVersion } = setup;
    const natives = examineNatives(setup, context);
    const diagnosis = await runDoctor(fs, layout, {
      bundledDir,
      entry,
      shellVersion,
      found: [...natives.found, ...(await examinePlugins(context, layout.root))],
      outside: outsideChecks(setup, settings, natives),
    });
    progress.clear();
    output.answer({
      data: diagnosis,
      text: style => {
        const rows = diagnosis.checks.map(check => findingRow(check, style));
        return block(rows, style.strong);
      },
    });
    return 0;
  },
};
