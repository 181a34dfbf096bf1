import { Session } from 'node:inspector';
import type { ModulesInput } from '../rows/import.ts';
import { subject } from './subject.ts';

/** Counts the scripts that an import brings, as the engine itself sees them. */
await subject(async ({ specifier, unwanted }: ModulesInput) => {
  const scripts: string[] = [];
  const session = new Session();
  session.connect();
  session.on('Debugger.scriptParsed', ({ params }) => scripts.push(params.url));
  session.post('Debugger.enable');
  const before = new Set(scripts);
  await import(specifier);
  session.disconnect();
  const loaded = scripts.filter(url => !before.has(url) && !url.startsWith('node:') && url !== '');
  const found = loaded.filter(url => unwanted.some(part => url.replaceAll('\\', '/').includes(part)));
  return { loaded: loaded.length, unwanted: found.length };
});
