/** `node launcher-modules.js`: what the import of `stagedoor/launcher`, as it is shipped, brings in. */
import { Session } from 'node:inspector';

const session = new Session();
const urls: string[] = [];
const sources: string[] = [];
session.connect();
session.on('Debugger.scriptParsed', ({ params: { url, scriptId } }) => {
  urls.push(url);
  session.post('Debugger.getScriptSource', { scriptId }, (_, answer) => sources.push(answer.scriptSource));
});
session.post('Debugger.enable');
urls.length = 0;
sources.length = 0;
await import('stagedoor/launcher');
session.disconnect();

/** Words that only one of them says, in whatever way it was bundled. */
const words = {
  pacote: 'pacote-req-type',
  'npm-registry-fetch': 'npm-auth-type',
  arborist: 'idealTree:buildDeps',
  tar: 'TAR_ENTRY_INVALID',
  valibot: 'picklist',
  'ranges of semver': 'Invalid SemVer Range',
};
const held = Object.entries(words).filter(([, word]) => sources.some(source => source.includes(word)));
process.stdout.write(
  JSON.stringify({
    files: urls.filter(url => url.startsWith('file:')).length,
    held: held.map(([name]) => name),
    named: urls.filter(url => /node_modules\/(pacote|@npmcli|tar|valibot|commander)\//.test(url)),
  }),
);
