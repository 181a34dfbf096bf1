/** The program of the little runtimes: it reads how it shall behave from the file beside it. */
import { readFileSync } from 'node:fs';
import { behaviours } from './behaviours.ts';
import type { Settings } from './protocol.ts';

const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));

// Both files were written together with this program: a wrong one is to fail loudly.
const settings = read('./behaviour.json') as Settings;
const { version } = read('./package.json') as { readonly version: string };
const behave = behaviours[settings.kind];
if (behave === undefined) throw new TypeError(`no such behaviour: ${settings.kind}`);
await behave({ ...settings, version });
