import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export type FatalError = { readonly location: string; readonly report: string };

type Header = { readonly header: { readonly trigger: string } };

/** Where V8 can't go on, Node writes its diagnostic report; Electron hands the same one to the shell. */
export const fatalReport = (): { readonly flags: string[]; readonly take: () => FatalError | null } => {
  const name = `utility-${randomUUID()}.json`;
  const file = path.join(tmpdir(), name);
  return {
    flags: ['--report-on-fatalerror', `--report-directory=${tmpdir()}`, `--report-filename=${name}`],
    take: () => {
      if (!existsSync(file)) return null;
      const report = readFileSync(file, 'utf8');
      rmSync(file);
      const { header } = JSON.parse(report) as Header;
      return { location: header.trigger, report };
    },
  };
};
