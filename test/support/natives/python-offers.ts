import path from 'node:path';
import { temporaryFolder } from '../folder.ts';
import { type Archive, writeSource, writeWheel } from './wheels.ts';

export type Offered = {
  readonly folder: string;
  readonly top: readonly Archive[];
  readonly needed: Archive;
  readonly source: Archive;
};

/** A package for any Python, and for one that is not here, and in source; what it needs; and another version of it. */
export const offered = (): Offered => {
  const folder = path.join(temporaryFolder(), 'files');
  const files = [{ name: 'top.py', bytes: '' }];
  const any = writeWheel(folder, { name: 'top', tag: 'py3-none-any', files, needs: ['needed-one>=1'] });
  const foreign = writeWheel(folder, { name: 'top', tag: 'cp399-cp399-win_arm64', files });
  const source = writeSource(folder, 'top', { 'setup.py': '' });
  writeWheel(folder, { name: 'top', version: '2.0', tag: 'py3-none-any', files });
  const needed = writeWheel(folder, {
    name: 'needed_one',
    version: '1.5',
    tag: 'py3-none-any',
    files: [{ name: 'needed.py', bytes: '' }],
  });
  return { folder, top: [any, foreign], needed, source };
};

export const hashes = (archives: readonly Archive[]): string =>
  archives
    .map(({ hash }) => hash)
    .sort()
    .join(' ');
export const expected = ({ top, needed }: Offered) => ({
  'top@1.0': hashes(top),
  'needed-one@1.5': needed.hash,
});
