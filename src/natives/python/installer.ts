import path from 'node:path';
import { StagedoorError } from '../../failure.ts';
import { locateExecutable } from '../executable-file.ts';
import { type Environment, pythonEnvironment } from './environment.ts';
import { type PipFacts, pipVariable } from './pip-facts.ts';

/** A program that installs packages: how it is started for an installation, up to what is to be installed. */
export type Installer = {
  readonly name: 'uv' | 'pip';
  readonly exec: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
};

/** A folder that a tethered process takes away when we are gone: nobody else knows of it. */
export const leftoverVariable = 'STAGEDOOR_LEFTOVER';

/** A process ends with us, and with all that it has started: its input is open as long as we live. */
const tether = `
import os, shutil, signal, sys, threading
def watch():
    while os.read(0, 1): pass
    leads = hasattr(os, "killpg") and os.getpgrp() == os.getpid()
    leftover = os.environ.get("${leftoverVariable}")
    if leads and leftover:
        group = os.getpgrp()
        if os.fork() == 0:
            os.setsid()
            os.killpg(group, signal.SIGKILL)
            shutil.rmtree(leftover, True)
            os._exit(0)
        threading.Event().wait(5)
    if leads: os.killpg(0, signal.SIGKILL)
    os._exit(1)
threading.Thread(target=watch, daemon=True).start()
`;

/** A program that ends with us. */
export const tetheredProgram = (program: string): string => `${tether}${program}`;

/** pip in a process of its own; its temporary files are told by the environment. `before` is what is to be done first. */
export const pipProgram = (before = ''): string =>
  tetheredProgram(`${before}
import runpy
sys.argv[0] = "pip"
runpy.run_module("pip", run_name="__main__", alter_sys=True)
`);

/** Older ones do not read an index of today. */
const oldestPip = 18;

export const assertPip = (version: string | null, exec: string): void => {
  const command = `${JSON.stringify(path.basename(exec))} -m ensurepip`;
  if (version === null)
    throw new StagedoorError('NATIVE_ABI_MISMATCH', 'the interpreter has no pip, and there is no uv', {
      hint: `Install uv, or run \`${command}\` with this interpreter.`,
    });
  if (Number.parseInt(version, 10) < oldestPip)
    throw new StagedoorError('NATIVE_ABI_MISMATCH', `the interpreter's pip ${version} is too old`, {
      hint: `Install uv, or a pip of at least ${oldestPip} into this interpreter.`,
    });
};

/** pip 18 takes the variable for the name of a folder. */
const isOption = (name: string): boolean => name === 'no-cache-dir';

/** The user's index and route, nothing else of the user's, and quiet about what is not ours. */
export const pipEnvironment = (
  { settings }: PipFacts,
  temporary: string,
  base: Environment = process.env,
): Record<string, string> => {
  const env = Object.entries(pythonEnvironment(base)).filter(([name]) => !/^PIP_/i.test(name));
  const told = Object.entries(settings).flatMap(([name, value]) =>
    value === undefined || isOption(name) ? [] : [[pipVariable(name), value] as const],
  );
  return {
    PIP_RETRIES: '2',
    ...Object.fromEntries([...env, ...told]),
    PIP_CONFIG_FILE: process.platform === 'win32' ? 'nul' : '/dev/null',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    PIP_NO_COLOR: '1',
    PIP_PROGRESS_BAR: 'off',
    PIP_ROOT_USER_ACTION: 'ignore',
    PIP_NO_PYTHON_VERSION_WARNING: '1',
    TMPDIR: temporary,
    TEMP: temporary,
    TMP: temporary,
  };
};

/** uv reads no configuration of pip: where only pip is told an index, uv is told the same. */
const uvSettings = ({ settings }: PipFacts, base: Environment): Record<string, string> => {
  if (Object.keys(base).some(name => /^UV_(?:DEFAULT_INDEX|INDEX(?:_URL)?|CONFIG_FILE)$/.test(name)))
    return {};
  const { 'index-url': index, 'extra-index-url': more, 'find-links': links, cert } = settings;
  return {
    ...(index === undefined ? {} : { UV_DEFAULT_INDEX: index }),
    ...(more === undefined ? {} : { UV_INDEX: more.split(/\s+/).join(' ') }),
    ...(links === undefined ? {} : { UV_FIND_LINKS: links.split(/\s+/).join(',') }),
    ...(cert === undefined ? {} : { SSL_CERT_FILE: cert }),
  };
};

const isTrue = (value: string | undefined): boolean => /^(?:1|y|yes|t|true|on)$/i.test(value ?? '');

/** Hard links to the user's cache would let one change the other; a Python of its own is not wanted. */
const uvArguments = (exec: string, { settings }: PipFacts): readonly string[] => [
  ...['pip', 'install', '--python', exec, '--link-mode', 'copy', '--no-python-downloads'],
  ...['--no-progress', '--color', 'never', '--index-strategy', 'unsafe-best-match'],
  ...(isTrue(settings['no-index']) ? ['--no-index'] : []),
];

const uvEnvironment = (facts: PipFacts, temporary: string, base: Environment): Record<string, string> => ({
  ...pipEnvironment(facts, temporary, base),
  ...uvSettings(facts, base),
});

/** An index that refuses is only told of to who asks for more words. */
const pipOptions = ['-vv', '--no-compile', '--no-warn-script-location'];

/** For a command of the interpreter's own pip. */
export const pipCommand = (command: string, { settings }: PipFacts): readonly string[] => [
  ...['-I', '-B', '-c', pipProgram(), command],
  ...(isTrue(settings['no-cache-dir']) ? ['--no-cache-dir'] : []),
];

/** What is there to install with: uv where it is on PATH, else the interpreter's own pip (N-12). */
export const chooseInstaller = (
  exec: string,
  facts: PipFacts,
  temporary: string,
  base: Environment = process.env,
): Installer => {
  const uv = locateExecutable('uv');
  if (uv !== null)
    return {
      name: 'uv',
      exec: uv.called,
      args: uvArguments(exec, facts),
      env: uvEnvironment(facts, temporary, base),
    };
  assertPip(facts.version, exec);
  return {
    name: 'pip',
    exec,
    args: [...pipCommand('install', facts), ...pipOptions],
    env: pipEnvironment(facts, temporary, base),
  };
};
