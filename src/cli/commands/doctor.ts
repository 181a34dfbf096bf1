import path from 'node:path';
import { StagedoorError } from '../../failure.ts';
import type { LaunchSetup } from '../../launching/setup.ts';
import type { NodeAbi } from '../../natives/abi.ts';
import { abiText } from '../../natives/abi-text.ts';
import { probeNode } from '../../natives/probe.ts';
import type { Offered } from '../../registry/releases.ts';
import { type OutsideCheck, runDoctor } from '../../upkeep/doctor.ts';
import type { Finding } from '../../upkeep/finding.ts';
import { checkNative } from '../../upkeep/native-check.ts';
import type { CliCommand } from '../command.ts';
import type { Settings } from '../settings.ts';
import { openStore } from '../store-context.ts';
import type { Style } from '../style.ts';
import { block, type Row } from '../text.ts';

const askedExecutable = async (exec: string): Promise<NodeAbi> => {
  const abi = await probeNode(exec);
  if (abi === null) throw new StagedoorError('SPAWN_FAILED', `${exec} does not run as Node`);
  return abi;
};

/** One check for each native dependency, where it is known what it has to serve. */
const nativeChecks = (
  { fs, exec, bundledDir }: LaunchSetup,
  { natives }: Settings,
): readonly OutsideCheck[] => {
  const copied = natives.map(({ name }) => name);
  return natives.map(({ name, dir }) => ({
    id: `native:${name}`,
    run: async () => {
      const place = dir ?? (bundledDir === null ? null : path.join(bundledDir, 'node_modules', name));
      const missing = `the native dependency ${name} has no folder, and no bundled runtime is named`;
      if (place === null) throw new StagedoorError('NATIVE_SOURCE_MISSING', missing);
      return checkNative(fs, { name, dir: place, copied }, exec, await askedExecutable(exec));
    },
  }));
};

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

const outsideChecks = (setup: LaunchSetup, settings: Settings): readonly OutsideCheck[] => [
  { id: 'executable', run: async () => abiText(await askedExecutable(setup.exec)) },
  ...nativeChecks(setup, settings),
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
  run: async context => {
    const { settings, output, progress } = context;
    const { fs, layout, setup } = openStore(context, false);
    progress.show({ phase: 'looking', bytes: 0, total: null });
    const { bundledDir, entry, shellVersion } = setup;
    const diagnosis = await runDoctor(fs, layout, {
      bundledDir,
      entry,
      shellVersion,
      outside: outsideChecks(setup, settings),
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
