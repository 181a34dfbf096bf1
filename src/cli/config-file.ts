import * as v from 'valibot';
import { followPattern, followWish } from '../follow/address.ts';
import type { ScheduleOptions } from '../options.ts';

/** A native dependency as text (`NAME` or `NAME=DIR`) or as its parts. */
export type NativeSetting =
  | string
  | {
      name: string;
      dir?: string | undefined;
      install?: Record<string, string> | undefined;
      build?: boolean | undefined;
      optional?: boolean | undefined;
      module?: string | undefined;
    };

/** What `stagedoor.config.json` may hold, and with the same names and checks what flags and environment may say. */
export type ConfigFile = {
  $schema?: string | undefined;
  package?: string | undefined;
  channel?: string | undefined;
  registry?: string | undefined;
  store?: string | undefined;
  bundled?: string | undefined;
  entry?: string | undefined;
  native?: NativeSetting[] | undefined;
  nativesMode?: string | undefined;
  coreLock?: boolean | undefined;
  exec?: string | undefined;
  probe?: string | undefined;
  probeTimeout?: number | undefined;
  json?: boolean | undefined;
  updates?: boolean | undefined;
  follow?: string | undefined;
  args?: string[] | undefined;
  shellName?: string | undefined;
  shellVersion?: string | undefined;
  schedule?: ScheduleOptions | undefined;
};

const packageName = /^(@[A-Za-z0-9~-][A-Za-z0-9._~-]*\/)?[A-Za-z0-9~-][A-Za-z0-9._~-]*$/;
const nativeText = /^(@[A-Za-z0-9~-][A-Za-z0-9._~-]*\/)?[A-Za-z0-9~-][A-Za-z0-9._~-]*(=.+)?$/;
const webAddress = /^https?:\/\/[^\s/]/;

const text = (description: string) =>
  v.pipe(v.string('must be a text'), v.minLength(1, 'must not be empty'), v.description(description));

const flag = (description: string) => v.pipe(v.boolean('must be true or false'), v.description(description));

const milliseconds = (description: string) =>
  v.pipe(
    v.number('must be a number of milliseconds'),
    v.integer('must be a whole number of milliseconds'),
    v.minValue(1, 'must be at least 1 millisecond'),
    v.maxValue(2 ** 31 - 1, 'must be less than 2^31 milliseconds'),
    v.description(description),
  );

const name = (description: string) =>
  v.pipe(
    v.string('must be the name of an npm package'),
    v.regex(packageName, 'must be the name of an npm package'),
    v.maxLength(214, 'must be the name of an npm package'),
    v.description(description),
  );

const native: v.GenericSchema<unknown, NativeSetting> = v.union(
  [
    v.pipe(v.string(), v.regex(nativeText, 'must be NAME or NAME=DIR')),
    v.strictObject({
      name: name('The package with the compiled file.'),
      dir: v.optional(text('Where it lies; default: node_modules/NAME of the bundled runtime.')),
      install: v.optional(
        v.pipe(
          v.record(v.string(), v.string('must be a hash'), 'must be an object of NAME@VERSION and hash'),
          v.description(
            'What may be installed where no copy fits, as stagedoor natives pin prints it; default: nothing.',
          ),
        ),
      ),
      build: v.optional(flag('True: build it from its source where nothing ready-made loads.')),
      optional: v.optional(flag('True: the runtime does without it, so it keeps none from starting.')),
      module: v.optional(text('What Python imports; default: the name with _ for -.')),
    }),
  ],
  'must be NAME, NAME=DIR or {"name", "dir", "install", "build", "optional", "module"}',
);

const schedule: v.GenericSchema<unknown, ScheduleOptions> = v.strictObject(
  {
    firstCheckMs: v.exactOptional(milliseconds('From a healthy start to the first check; default 30000.')),
    intervalMs: v.exactOptional(milliseconds('Between two checks; default 1800000.')),
    jitter: v.exactOptional(
      v.pipe(
        v.number('must be a share of 1'),
        v.minValue(0, 'must be at least 0'),
        v.maxValue(1, 'must be at most 1'),
        v.description('The share of an interval that chance adds or takes away; default 0.2.'),
      ),
    ),
    backoffBaseMs: v.exactOptional(milliseconds('The first pause after a failed check.')),
    backoffCapMs: v.exactOptional(milliseconds('The longest pause after failed checks; default 14400000.')),
  },
  'must be an object',
);

/** The strict schema of the file: an unknown key is a mistake, not a wish. Also the source of `config.schema.json`. */
export const configSchema: v.GenericSchema<unknown, ConfigFile> = v.strictObject(
  {
    $schema: v.optional(v.string('must be a text')),
    package: v.optional(name('The npm package that is the runtime.')),
    channel: v.optional(text('The dist-tag to follow; default latest.')),
    registry: v.optional(
      v.pipe(
        v.string('must be an http or https address'),
        v.regex(webAddress, 'must be an http or https address'),
        v.description('The registry; default: npm’s own configuration (.npmrc).'),
      ),
    ),
    store: v.optional(text('The folder of the store; default <user data>/runtime-store.')),
    bundled: v.optional(text('The folder of the bundled runtime: package.json and entry.')),
    entry: v.optional(text('The entry inside the package; default: its bin, else main.')),
    native: v.optional(
      v.pipe(v.array(native, 'must be a list'), v.description('Native dependencies to copy.')),
    ),
    nativesMode: v.optional(
      v.pipe(
        v.string('must be auto or skip'),
        v.regex(/^([Aa][Uu][Tt][Oo]|[Ss][Kk][Ii][Pp])$/, 'must be auto or skip'),
        v.description(
          'skip: natives are never installed, and none that were are used; STAGEDOOR_NATIVES goes before it; default auto.',
        ),
      ),
    ),
    coreLock: v.optional(
      flag(
        'Whether the runtime is kept to the packages that its core lock names; default: where plugins are installed.',
      ),
    ),
    exec: v.optional(text('The executable that runs the runtime; default: this Node.')),
    probe: v.optional(text('ipc, http://…, tcp:PORT, stdout:REGEX or alive:MS; default alive:2000.')),
    probeTimeout: v.optional(
      milliseconds('Deadline of active time; default 30000, for the first start of a version 120000.'),
    ),
    json: v.optional(flag('One JSON object on standard output, nothing else there.')),
    updates: v.optional(flag('False: stagedoor run never checks by itself; default true.')),
    follow: v.optional(
      v.pipe(
        v.string(`must be ${followWish}`),
        v.regex(followPattern, `must be ${followWish}`),
        v.description('The viewer that stagedoor run tells what happens; stagedoor visualize prints it.'),
      ),
    ),
    args: v.optional(
      v.pipe(
        v.array(v.string('must be a text'), 'must be a list'),
        v.description('Arguments for the runtime, before those after --.'),
      ),
    ),
    shellName: v.optional(
      text(
        'The name of the shell in the engines of a package; default: no demand on the shell is looked at.',
      ),
    ),
    shellVersion: v.optional(
      text(
        'The version of the shell: what such demands are held against; the runtime’s where the bundle names none.',
      ),
    ),
    schedule: v.optional(v.pipe(schedule, v.description('When stagedoor run checks for updates.'))),
  },
  'must hold an object',
);
