import path from 'node:path';
import { temporaryFolder } from '../folder.ts';
import { type DoubleFacts, type ElectronDouble, electronDouble } from './double.ts';

/** The page that an app shows: one of its own files. */
export const ownPage = (appPath: string): string => `file://${appPath}/index.html`;

/** An installed shell with user data of its own. */
export const newDouble = (facts: Partial<DoubleFacts> = {}): ElectronDouble & { readonly page: string } => {
  const dir = temporaryFolder('electron');
  const appPath = facts.appPath ?? path.join(dir, 'app');
  const double = electronDouble({
    userData: path.join(dir, 'user-data'),
    appPath,
    isPackaged: true,
    name: 'app',
    version: '3.0.0',
    ...facts,
  });
  return { ...double, page: ownPage(appPath) };
};
