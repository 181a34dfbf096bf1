import type { CliCommand } from '../command.ts';
import { askRegistry } from './check.ts';

export const updateCommand: CliCommand = {
  name: 'update',
  summary: 'check, download and stage; it starts with the next launch',
  examples: ['stagedoor update --package my-runtime --bundled resources/runtime --native node-pty'],
  run: context => askRegistry(context, 'update'),
};
