import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { ownToken } from '#src/process/identity.js';
import { temporaryFolder } from '../folder.ts';

const identity = path.resolve(import.meta.dirname, '../../../dist/src/process/identity.js');

/** A process that said who it is, and is gone. */
const deadToken = (): string => {
  const program = `process.stdout.write((await import(${JSON.stringify(identity)})).ownToken())`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
};

/** A temporary folder with what a dead process has left of a resolution, and what is not to be touched: `left`. */
export const abandonedWorkshops = () => {
  const [temporary, elsewhere, dead] = [temporaryFolder(), temporaryFolder(), deadToken()];
  const ours = `stagedoor-plugin-${ownToken()}-0123456789ab`;
  const others = [ours, 'stagedoor-plugin-AbCdEf', 'stagedoor-plugins-x', `other-${dead}-0123456789ab`];
  for (const name of [`stagedoor-plugin-${dead}-0123456789ab`, ...others])
    mkdirSync(path.join(temporary, name, 'deep'), { recursive: true });
  mkdirSync(path.join(elsewhere, 'precious'));
  const link = `stagedoor-plugin-${dead}-ba9876543210`;
  symlinkSync(elsewhere, path.join(temporary, link));
  return { temporary, elsewhere, left: new Set([...others, link]) };
};
