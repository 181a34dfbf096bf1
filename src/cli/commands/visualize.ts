import type { CliCommand } from '../command.ts';
import { portOption, serveViewer } from '../viewer-serving.ts';

export const visualizeCommand: CliCommand = {
  name: 'visualize',
  summary: 'the charts in a browser: step through them, and follow a process as it runs',
  options: [portOption],
  examples: [
    'stagedoor visualize',
    'stagedoor run --package my-runtime --follow http://127.0.0.1:PORT/TOKEN/',
  ],
  run: context =>
    serveViewer(context, null, (address, style) =>
      [
        `The charts are at ${style.strong(address)}`,
        style.faint(`To follow a process: stagedoor run --follow ${address} …`),
        style.faint('Keep the address to yourself; Ctrl+C ends this.'),
      ].join('\n'),
    ),
};
