/**
 * `node following-app.js stops|leaves OPTIONS`: launches and stops as an app does, or has its charts at rest and stops nothing;
 * then it ends by itself. Prints which parts for following were loaded.
 */
import { Session } from 'node:inspector';
import type { StagedoorOptions } from '#src/index.js';

const loaded: string[] = [];
const session = new Session();
session.connect();
session.on('Debugger.scriptParsed', ({ params: { url } }) => {
  const [, part] = /\/dist\/src\/((?:follow|viewer|film)\/.*)\.js$/.exec(url) ?? [];
  if (part !== undefined) loaded.push(part);
});
session.post('Debugger.enable');
const { createStagedoor } = await import('stagedoor');
const [, , ending, options = ''] = process.argv;
const stagedoor = createStagedoor(JSON.parse(options) as StagedoorOptions);
if (ending === 'stops') {
  const { outcome } = await stagedoor.start();
  await stagedoor.stop();
  process.stdout.write(JSON.stringify({ outcome, loaded }));
} else {
  stagedoor.hold();
  process.stdout.write(JSON.stringify({ outcome: 'held', loaded }));
}
session.disconnect();
