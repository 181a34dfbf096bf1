import process from 'node:process';
import type { CliCommand } from '../command.ts';
import { apiOptions, openStagedoor } from '../host.ts';
import { runToEnd } from '../run-ending.ts';
import { reportEvents, reportRemarks } from '../run-report.ts';

export const runCommand: CliCommand = {
  name: 'run',
  summary: 'launch the runtime, fall back if it fails, update in the background',
  operands: '[args...]',
  options: [
    ['--no-updates', 'launch only, never check for updates'],
    ['--follow <url>', 'show what happens in the viewer at this address (stagedoor visualize prints it)'],
  ],
  examples: [
    'stagedoor run --package my-runtime --bundled resources/runtime --probe ipc -- --port 4000',
    'stagedoor run --package my-runtime --bundled resources/runtime --json --no-updates',
  ],
  run: async ({ settings, args, output }) => {
    const stagedoor = await openStagedoor({
      ...apiOptions(settings),
      args: [...settings.args, ...args],
      updates: settings.updates,
      follow: settings.follow,
    });
    if (output.json) reportEvents(stagedoor, output);
    stagedoor.on('runtime:output', ({ stream, chunk }) => {
      (output.json || stream === 'stderr' ? output.stderr : output.stdout).write(chunk);
    });
    const forward = (chunk: Buffer) => stagedoor.write(chunk);
    process.stdin.on('data', forward);
    const { end, isEnding } = runToEnd(stagedoor);
    if (!output.json) reportRemarks(stagedoor, output, isEnding);
    const { code, failure } = await end;
    process.stdin.off('data', forward).pause();
    if (failure !== null) output.problem(failure);
    return code;
  },
};
