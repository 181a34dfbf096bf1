import { type Bench, inFolder, type Subject } from '../bench.ts';
import { type Row, timed } from '../row.ts';
import { interleaved, median } from '../statistics.ts';
import { figure, runSubject } from '../subject-process.ts';
import type { UpdateInput } from './update.ts';

/**
 * What the flight recorder costs an update: the very steps of that update, recorded once more and each written by itself, which
 * is more than it did. Two whole updates differ by more than it costs, so they can't be compared.
 */
export const recorderRows = async (bench: Bench, subject: Subject): Promise<readonly Row[]> => {
  bench.say('the flight recorder beside the update that it records');
  const once = () =>
    inFolder(bench, folder => {
      const { name, bundled, announce, label } = subject;
      announce('old');
      const input: UpdateInput = { name, bundled, folder, registry: bench.registry.url, warm: true };
      return runSubject({ subject: 'recorder', input, onWarm: () => announce('new') }).then(run => ({
        label,
        run,
      }));
    });
  const { recorder } = await interleaved(bench.runs, { recorder: once });
  const middle = (name: string): number => median(recorder.map(({ run }) => figure(run, name)));
  return [
    timed({
      what: `the flight recorder in an update of ${subject.label} (${middle('steps')} steps)`,
      ours: middle('recorderMs'),
      yardstick: { name: 'the same update', value: middle('ms') },
      target: { ratio: 0.01 },
    }),
  ];
};
