import path from 'node:path';
import * as v from 'valibot';
import { errnoOf, redact } from '../failure.ts';
import { nativeDependency } from '../natives/options.ts';
import type { FileSystem } from '../store/file-system.ts';
import { type ConfigFile, configSchema } from './config-file.ts';
import { UsageError } from './usage-error.ts';

/** What the argument parser hands over: only what was really said. */
export type Flags = Readonly<Record<string, unknown>>;

export const configFileName = 'stagedoor.config.json';

const flagNames: Readonly<Record<string, string>> = {
  package: '--package',
  channel: '--channel',
  registry: '--registry',
  store: '--store',
  bundled: '--bundled',
  entry: '--entry',
  native: '--native',
  exec: '--exec',
  probe: '--probe',
  probeTimeout: '--probe-timeout',
  json: '--json',
  updates: '--updates',
  follow: '--follow',
};

const variableOf = (key: string): string =>
  `STAGEDOOR_${key.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}`;

/** The file may also spell a key as the flag or the API does. */
const aliases: Readonly<Record<string, string>> = { natives: 'native', 'probe-timeout': 'probeTimeout' };

/** How a source calls a setting, for the message: `--store`, `STAGEDOOR_STORE`, `"schedule.jitter"`. */
type NameOf = (key: string, rest: readonly string[]) => string;

const quote = (value: unknown): string => redact(value === undefined ? 'nothing' : JSON.stringify(value));

/** Of the forms that a value may have, an object is meant to be one: what is wrong inside of it tells more. */
const innermost = (issue: v.BaseIssue<unknown>): v.BaseIssue<unknown> => {
  const inside = issue.issues?.find(one => one.path !== undefined && one.input !== undefined);
  if (inside?.path === undefined) return issue;
  const [first, ...rest] = [...(issue.path ?? []), ...inside.path];
  return first === undefined ? inside : { ...inside, path: [first, ...rest] };
};

const explain = (outer: v.BaseIssue<unknown>, nameOf: NameOf): string => {
  const issue = innermost(outer);
  const [first, ...rest] = (issue.path ?? []).map(item => String(item.key));
  if (first === undefined) return issue.message;
  const name = nameOf(first, rest);
  if (issue.type === 'strict_object' && issue.expected === 'never') return `unknown key ${name}`;
  return `${name} ${issue.message}, not ${quote(issue.input)}`;
};

const checked = (values: Record<string, unknown>, nameOf: NameOf, prefix = ''): ConfigFile => {
  const result = v.safeParse(configSchema, values, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new UsageError(
    `${prefix}${explain(issue, nameOf)}`,
    prefix === ''
      ? undefined
      : `The keys of ${configFileName} are those of config.schema.json in the package.`,
  );
};

/** A number or a truth value where the text is one; otherwise the text, for the schema to refuse. */
const fromText = (key: string, text: string): unknown => {
  if (key === 'probeTimeout') return /^\d+$/.test(text) ? Number(text) : text;
  if (key === 'native') return text.split(',').map(part => part.trim());
  if (key !== 'json' && key !== 'updates') return text;
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  return /^(0|false|no|off)$/i.test(text) ? false : text;
};

/** Flags, with the checks of the file. */
export const readFlags = (flags: Flags): ConfigFile => {
  const values = Object.fromEntries(
    Object.keys(flagNames)
      .filter(key => flags[key] !== undefined)
      .map(key => {
        const value = flags[key];
        return [key, typeof value === 'string' ? fromText(key, value) : value];
      }),
  );
  return checked(values, key => flagNames[key] ?? key);
};

/** `STAGEDOOR_*`; an empty value counts as unset, and an absolute STAGEDOOR_ENTRY is the child's variable, not an option. */
export const readEnvironment = (env: Readonly<Record<string, string | undefined>>): ConfigFile => {
  const values: Record<string, unknown> = {};
  for (const key of Object.keys(flagNames)) {
    const text = env[variableOf(key)];
    if (text === undefined || text === '') continue;
    if (key === 'entry' && (path.posix.isAbsolute(text) || path.win32.isAbsolute(text))) continue;
    values[key] = fromText(key, text);
  }
  return checked(values, variableOf);
};

const readText = (fs: FileSystem, file: string): string | null => {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw new UsageError(`${configFileName} can't be read (${errnoOf(error) ?? 'unknown error'})`);
  }
};

const parseObject = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\s*\n\s*/g, ' ') : String(error);
    throw new UsageError(`${configFileName} is not valid JSON: ${redact(reason)}`);
  }
  throw new UsageError(`${configFileName} must hold an object`);
};

/** What may be installed is checked with the rest, whatever the command is. */
const checkPins = ({ native = [] }: ConfigFile): void => {
  native.forEach((one, index) => {
    if (typeof one === 'string') return;
    nativeDependency(
      one,
      path.sep,
      (value, expected) =>
        new UsageError(`${configFileName}: "native.${index}" must be ${expected}, not ${quote(value)}`),
    );
  });
};

/** The file in the current folder, if there is one. */
export const readConfigFile = (fs: FileSystem, cwd: string): ConfigFile => {
  const text = readText(fs, path.join(cwd, configFileName));
  if (text === null) return {};
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(parseObject(text))) {
    const name = aliases[key] ?? key;
    if (name in values) throw new UsageError(`${configFileName}: "${key}" is there twice`);
    values[name] = value;
  }
  const config = checked(values, (key, rest) => `"${[key, ...rest].join('.')}"`, `${configFileName}: `);
  checkPins(config);
  return config;
};
