import { hasErrno, StagedoorError } from '../failure.ts';
import type { JournalFile } from '../film/journal-lines.ts';
import { onInterruption } from '../process/interruption.ts';
import type { Viewer } from '../viewer/server.ts';
import type { CliCommand, CommandContext } from './command.ts';
import type { Style } from './style.ts';
import { UsageError } from './usage-error.ts';

export const portOption: NonNullable<CliCommand['options']>[number] = [
  '--port <number>',
  'the port on 127.0.0.1 (default: one that is free)',
];

const portOf = ({ flags: { port } }: CommandContext): number => {
  if (port === undefined) return 0;
  const number = typeof port === 'string' && /^\d{1,5}$/.test(port) ? Number(port) : Number.NaN;
  if (number <= 65_535) return number;
  throw new UsageError(`--port must be a number up to 65535, not ${JSON.stringify(port)}`);
};

const open = async (
  { fs }: CommandContext,
  journal: readonly JournalFile[] | null,
  port: number,
): Promise<Viewer> => {
  const { readPage } = await import('../viewer/page-file.ts');
  const { openViewer } = await import('../viewer/server.ts');
  const page = readPage(fs);
  try {
    return await openViewer({ page, journal, port });
  } catch (error) {
    if (!hasErrno(error, 'EADDRINUSE', 'EACCES')) throw error;
    throw new StagedoorError('PORT_TAKEN', `port ${port} of 127.0.0.1 can't be used`, {
      hint: 'Choose another one with --port, or none.',
      cause: error,
    });
  }
};

const interrupted = (): Promise<void> =>
  new Promise(resolve => {
    const detach = onInterruption(() => {
      detach();
      resolve();
    });
  });

/** Serves the viewer until somebody asks for the end. `text` says what is at the address. */
export const serveViewer = async (
  context: CommandContext,
  journal: readonly JournalFile[] | null,
  text: (address: string, style: Style) => string,
): Promise<number> => {
  const { address, close } = await open(context, journal, portOf(context));
  const end = interrupted();
  const data = { outcome: 'serving', address, live: journal === null };
  context.output.answer({ data, text: style => text(address, style) });
  await end;
  await close();
  return 0;
};
