import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a subject measured of itself, by name. */
export type Figures = Readonly<Record<string, number>>;

export type Measured = {
  readonly figures: Figures;
  /** From before the spawn to the end of the process. */
  readonly processMs: number;
};

/** What a subject tells: it is warm and waits for `go`, or it is done. */
export type FromSubject =
  | { readonly kind: 'warm' }
  | { readonly kind: 'done'; readonly figures: Figures }
  | { readonly kind: 'failed'; readonly message: string };

type SubjectRun = {
  /** Name of a file in `subjects/`. */
  readonly subject: string;
  readonly input: object;
  /** Called when the subject is warm; it goes on when this has settled. */
  readonly onWarm?: () => void | Promise<void>;
  readonly nodeOptions?: readonly string[];
};

/** A Node before 24 reads these certificates at every start, 36 ms; a proxy or npm's own settings are not measured here. */
const disturbing = /^(?:NODE_EXTRA_CA_CERTS|NODE_OPTIONS|NODE_COMPILE_CACHE|npm_.*|.*_proxy|STAGEDOOR_.*)$/i;

export const quietEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !disturbing.test(name)));

/** Runs one subject in a process of its own. */
export const runSubject = async ({
  subject,
  input,
  onWarm,
  nodeOptions = [],
}: SubjectRun): Promise<Measured> => {
  const program = fileURLToPath(new URL(`./subjects/${subject}.js`, import.meta.url));
  const begun = performance.now();
  const child = fork(program, [JSON.stringify(input)], {
    env: quietEnvironment(),
    execArgv: [...nodeOptions],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let figures: Figures | null = null;
  let failure = 'it ended without a figure';
  child.on('message', (message: FromSubject) => {
    if (message.kind === 'done') figures = message.figures;
    else if (message.kind === 'failed') failure = message.message;
    else void Promise.resolve(onWarm?.()).then(() => child.send('go'));
  });
  let processMs = 0;
  child.once('exit', () => {
    processMs = performance.now() - begun;
  });
  // Later than the exit: only then the last message is sure to have come.
  await once(child, 'close');
  if (figures === null) throw new Error(`${subject}: ${failure}`);
  return { figures, processMs };
};

/** A figure that must be there. */
export const figure = ({ figures }: Measured, name: string): number => {
  const value = figures[name];
  if (value === undefined) throw new TypeError(`there is no figure ${name}`);
  return value;
};
