// The licences of the packages that are joined into a file. Part of the build.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const licenceOf = folder => {
  const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
  const name = folder.replace(/^.*node_modules[\\/]/s, '');
  if (file === undefined) throw new Error(`${name} has no licence file`);
  return `${name}\n\n${readFileSync(path.join(folder, file), 'utf8').trim()}`;
};

/** The folders of the packages that are joined into a file. */
const packagesIn = ids => [
  ...new Set(ids.flatMap(id => /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/s.exec(id)?.[0] ?? [])),
];

/** A comment for the head of the file; empty where there is none. */
export const licencesOf = ids => {
  const packages = packagesIn(ids).sort((a, b) => (a < b ? -1 : 1));
  return packages.length === 0
    ? ''
    : `/*! This file contains:\n\n${packages.map(licenceOf).join('\n\n')}\n*/`;
};
