import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeExecutable } from './executable.ts';

/** A change of electron's types, and the file of the double whose compilation it must break. */
export type Change = { readonly from: string; readonly to: string; readonly breaks: string };

const top = fileURLToPath(new URL('../../../', import.meta.url));
const types = path.join(top, 'node_modules/electron/electron.d.ts');
const compiler = path.join(top, 'node_modules/typescript/bin/tsc');

const applied = (text: string, { from, to }: Change): string => {
  if (!text.includes(from)) throw new Error(`electron.d.ts has no ${JSON.stringify(from)}`);
  return text.replaceAll(from, to);
};

/** The files of the double that do not compile against electron's types with these changes. */
export const brokenBy = async (folder: string, changes: readonly Change[]): Promise<ReadonlySet<string>> => {
  const changed = path.join(folder, 'electron.d.ts');
  writeFileSync(changed, changes.reduce(applied, readFileSync(types, 'utf8')));
  const project = path.join(folder, 'tsconfig.json');
  const compilerOptions = {
    noEmit: true,
    composite: false,
    incremental: false,
    rootDir: '/',
    types: ['node'],
    typeRoots: [path.join(top, 'node_modules/@types')],
    paths: { electron: [changed], '#src/*': [path.join(top, 'dist/src/*')] },
  };
  const files = ['double.ts', 'utility-preload.ts'].map(file =>
    path.join(top, 'test/support/electron', file),
  );
  writeFileSync(
    project,
    JSON.stringify({ extends: path.join(top, 'tsconfig.base.json'), compilerOptions, files }),
  );
  const output = await new Promise<string>(resolve => {
    execFile(nodeExecutable, [compiler, '-p', project, '--pretty', 'false'], (_error, stdout, stderr) =>
      resolve(`${stdout}${stderr}`),
    );
  });
  return new Set(
    [...output.matchAll(/^(\S+?)\(\d+,\d+\): error/gm)].map(([, file]) => path.basename(file ?? '')),
  );
};
