import process from 'node:process';
import { StagedoorError } from '../../failure.ts';
import { describeExecutable } from '../../process/executable.ts';
import { type OutsideCheck, runDoctor } from '../../upkeep/doctor.ts';
import type { Finding } from '../../upkeep/finding.ts';
import type { CliCommand } from '../command.ts';
import { apiOptions, openStagedoor } from '../host.ts';
import type { Settings } from '../settings.ts';
import { openStore } from '../store-context.ts';
import type { Style } from '../style.ts';
import { block, type Row } from '../text.ts';

const checkExecutable = async (exec: string): Promise<string> => {
  const facts = await describeExecutable(exec);
  if (facts === null) throw new StagedoorError('SPAWN_FAILED', `${exec} does not run as Node`);
  const { node, platform, arch, libc, modules } = facts;
  const system = [platform, arch, ...(libc === null ? [] : [libc])].join(' ');
  return `Node ${node ?? 'of unknown version'} on ${system}, ABI ${modules}`;
};

const checkRegistry = async (settings: Settings): Promise<string> => {
  const stagedoor = await openStagedoor({ ...apiOptions(settings), updates: false });
  try {
    const settled = await stagedoor.check();
    if (settled.outcome === 'failed') {
      const { code, message, hint } = settled.error;
      throw new StagedoorError(code, message, { hint });
    }
    const offer = 'version' in settled && settled.version !== null ? ` and offers ${settled.version}` : '';
    return `it answers${offer}`;
  } finally {
    await stagedoor.stop();
  }
};

const outsideChecks = (settings: Settings): readonly OutsideCheck[] => [
  { id: 'executable', run: () => checkExecutable(settings.exec ?? process.execPath) },
  ...(settings.package === undefined ? [] : [{ id: 'registry', run: () => checkRegistry(settings) }]),
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
      outside: outsideChecks(settings),
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
