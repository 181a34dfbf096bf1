import type { Stagedoor, StagedoorEvents } from '../stagedoor.ts';
import { installingText, waitingText } from './natives-text.ts';
import type { Output } from './output.ts';
import { oneLine, withoutVersion } from './text.ts';

type Reported = Exclude<keyof StagedoorEvents, 'runtime:output'>;

/** Complete by its type: an event that is added is reported. */
const reported: Readonly<Record<Reported, true>> = {
  'runtime:starting': true,
  'runtime:ready': true,
  'runtime:trusted': true,
  'runtime:exited': true,
  'runtime:failed': true,
  'runtime:judged': true,
  'runtime:rolled-back': true,
  'runtime:exhausted': true,
  'runtime:update-staged': true,
  'natives:installing': true,
  'natives:waiting': true,
  'natives:settled': true,
  'update:outgrown': true,
  'update:checking': true,
  'update:progress': true,
  'update:settled': true,
  'chart:state': true,
};
const names = Object.keys(reported) as readonly Reported[];

/** With `--json`: every event as one line of JSON. */
export const reportEvents = (stagedoor: Stagedoor, output: Output): void => {
  for (const name of names) stagedoor.on(name, payload => output.event({ event: name, ...payload }));
};

const why = (version: string, message: string): string => withoutVersion(version, oneLine(message));

/**
 * For people: a remark on standard error whenever something is not as they would expect it. `isEnding`: they have asked
 * for the end, so an end needs no remark.
 */
export const reportRemarks = (stagedoor: Stagedoor, { note }: Output, isEnding: () => boolean): void => {
  let failed: readonly { readonly version: string; readonly message: string }[] = [];
  const remarks = (): readonly string[] =>
    failed.map(({ version, message }) => `${version} did not start (${why(version, message)})`);

  stagedoor.on('runtime:failed', ({ version, error }) => {
    failed = [...failed, { version, message: error.message }];
  });
  stagedoor.on('runtime:ready', ({ version }) => {
    for (const remark of remarks()) note(`${remark}; ${version} runs instead`);
    failed = [];
  });
  stagedoor.on('runtime:exhausted', ({ error }) => {
    // The cause itself is told as the failure of the whole.
    failed = failed.filter(({ message }) => message !== error.message);
    for (const remark of remarks()) note(remark);
    failed = [];
  });
  stagedoor.on('runtime:rolled-back', ({ version }) => {
    note(`${version} is marked bad and is not started again (stagedoor explain ${version})`);
  });
  stagedoor.on('runtime:exited', ({ version, exit, restarting }) => {
    const ending = exit.signal === null ? `with code ${exit.code}` : `by ${exit.signal}`;
    if (restarting && !isEnding()) note(`${version} ended ${ending}; it is started again`);
  });
  stagedoor.on('runtime:update-staged', ({ version }) => {
    note(`${version} is staged; it starts with the next launch`);
  });
  stagedoor.on('natives:installing', installing => note(installingText(installing)));
  stagedoor.on('natives:waiting', waiting => note(waitingText(waiting)));
  stagedoor.on('update:outgrown', ({ version, needs, shell }) => {
    note(`${version} needs a newer shell (${needs}, here it is ${shell})`);
  });
  stagedoor.on('update:settled', settled => {
    if (settled.outcome === 'failed') {
      note(`no update: ${settled.error.code}: ${oneLine(settled.error.message)}`);
    }
  });
};
