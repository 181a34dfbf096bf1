import { Session } from 'node:inspector';
import type { ModulesInput } from '../rows/import.ts';
import { subject } from './subject.ts';

type Script = { readonly id: string; readonly url: string };

const watchScripts = (session: Session): readonly Script[] => {
  const scripts: Script[] = [];
  session.connect();
  session.on('Debugger.scriptParsed', ({ params }) => scripts.push({ id: params.scriptId, url: params.url }));
  session.post('Debugger.enable');
  return scripts;
};

/** The answer comes before the call returns: the session is one with this very thread. */
const sourceOf = (session: Session, { id }: Script): string => {
  let source = '';
  session.post('Debugger.getScriptSource', { scriptId: id }, (_, answer) => {
    source = answer.scriptSource;
  });
  return source;
};

/** Counts the scripts that an import brings, as the engine sees them, and those that are or hold what is unwanted. */
await subject(async ({ specifier, unwanted, marks }: ModulesInput) => {
  const session = new Session();
  const scripts = watchScripts(session);
  const before = scripts.length;
  await import(specifier);
  const loaded = scripts.slice(before).filter(({ url }) => url !== '' && !url.startsWith('node:'));
  const found = loaded.filter(script => {
    const url = script.url.replaceAll('\\', '/');
    const source = sourceOf(session, script);
    return unwanted.some(part => url.includes(part)) || marks.some(mark => source.includes(mark));
  });
  session.disconnect();
  return { loaded: loaded.length, unwanted: found.length };
});
