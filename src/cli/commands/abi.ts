import process from 'node:process';
import type { Abi } from '../../natives/abi.ts';
import { abiText } from '../../natives/abi-text.ts';
import { probeAbi } from '../../natives/probe.ts';
import type { CliCommand } from '../command.ts';
import { executableOf } from '../settings.ts';
import type { Style } from '../style.ts';

const text = (file: string, abi: Abi | null, style: Style): string =>
  abi === null
    ? `${file} has no ABI tag: it does not answer as a Node or a Python 3.`
    : `${style.strong(abi.tag)}\n${style.faint(abiText(abi))}`;

export const abiCommand: CliCommand = {
  name: 'abi',
  summary: 'which compiled modules an executable loads (default: the one of --exec)',
  operands: '[file]',
  examples: ['stagedoor abi', 'stagedoor abi python3 --json'],
  run: async ({ args: [operand], settings, output, cwd }) => {
    const file = operand === undefined ? (settings.exec ?? process.execPath) : executableOf(operand, cwd);
    const abi = await probeAbi(file);
    output.answer({
      data: { outcome: 'ok', file, tag: abi?.tag ?? null, abi },
      text: style => text(file, abi, style),
    });
    return 0;
  },
};
