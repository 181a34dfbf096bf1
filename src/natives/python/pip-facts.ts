import { runShortly } from '../../process/short-run.ts';
import { asRecord, asText, parseJson } from '../../store/json-shape.ts';
import { type Environment, pythonEnvironment } from './environment.ts';
import { unanswered } from './unanswered.ts';

/** What an interpreter's own pip is, and where it would look. */
export type PipFacts = {
  /** Null: the interpreter has none. */
  readonly version: string | null;
  /** The index that it asks where nobody names one. */
  readonly usualIndex: string | null;
  /** By their names in a configuration file (`index-url`); the environment's win. */
  readonly settings: Readonly<Record<string, string | undefined>>;
};

/** `pip config list` prints literals of Python, so Python reads them. What a command's own section says wins. */
const question = `
import ast, importlib.util, json, subprocess, sys
facts = {"version": None, "index": None, "settings": {}}
if importlib.util.find_spec("pip") is not None:
    import pip
    facts["version"] = pip.__version__
    try:
        from pip._internal.models.index import PyPI
        facts["index"] = PyPI.simple_url
    except Exception: pass
    command = [sys.executable, "-I", "-B", "-m", "pip", "config", "list"]
    said = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, universal_newlines=True)
    for section in ("global.", "install."):
        for line in said.stdout.splitlines():
            name, _, value = line.partition("=")
            if name.startswith(section): facts["settings"][name[len(section):]] = str(ast.literal_eval(value))
print(json.dumps(facts))
`;

const limitMs = 60_000;
const outputLimit = 2 ** 20;

/** Where packages come from and how they are reached; where they go to and what they are is ours to say. */
const kept: ReadonlySet<string> = new Set([
  'index-url',
  'extra-index-url',
  'find-links',
  'no-index',
  'trusted-host',
  'cert',
  'client-cert',
  'proxy',
  'timeout',
  'default-timeout',
  'retries',
  'cache-dir',
  'no-cache-dir',
  'keyring-provider',
  'use-feature',
  'use-deprecated',
]);

export const pipVariable = (setting: string): string => `PIP_${setting.toUpperCase().replaceAll('-', '_')}`;

const settingsOf = (told: Readonly<Record<string, unknown>>, base: Environment): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const name of kept) {
    const value = base[pipVariable(name)] || asText(told[name]);
    if (value !== undefined && value !== null && value !== '') found[name] = value;
  }
  return found;
};

/** Asks an interpreter for its pip, in its user's configuration. Rejects where it does not answer. */
export const askPip = async (exec: string, base: Environment = process.env): Promise<PipFacts> => {
  const env = pythonEnvironment(base);
  const end = await runShortly({ exec, args: ['-I', '-B', '-c', question], env, limitMs, outputLimit });
  const facts = end?.kind === 'ended' && end.code === 0 ? asRecord(parseJson(end.stdout)) : null;
  if (facts === null) throw unanswered(exec, end);
  return {
    version: asText(facts.version),
    usualIndex: asText(facts.index),
    settings: settingsOf(asRecord(facts.settings) ?? {}, base),
  };
};
