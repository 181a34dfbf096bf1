import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { startRegistry } from '#src/testing/index.js';
import { type Bench, publishSubject, type Subject } from './bench.ts';
import { kanbanPackage } from './kanban.ts';
import { missed, type Row, renderTable } from './row.ts';
import { abiRows } from './rows/abi.ts';
import { checkRows } from './rows/check.ts';
import { coreLockRows } from './rows/core-lock.ts';
import { coreLockStartRows } from './rows/core-lock-start.ts';
import { identityRows } from './rows/identity.ts';
import { importRows } from './rows/import.ts';
import { launchRows } from './rows/launch.ts';
import { nativesRows } from './rows/natives.ts';
import { networkRows } from './rows/network.ts';
import { recorderRows } from './rows/recorder.ts';
import { updateRows } from './rows/update.ts';
import { openScratch } from './scratch.ts';
import { largeFiles, manyFiles } from './synthetic.ts';

const fileCount = 2000;

const subjects = async (bench: Bench, short: boolean): Promise<readonly [Subject, Subject]> => {
  const kanban = short ? null : await kanbanPackage();
  const large = kanban ?? largeFiles({ name: 'large-files', version: '1.0.0' });
  const label = kanban === null ? 'a synthetic kanban (21 files, 57 MB)' : 'kanban@0.1.70';
  const many = manyFiles({ name: 'many-files', version: '1.0.0' }, fileCount);
  const megabytes = Math.round(many.unpackedSize / 1e6);
  return [
    publishSubject(bench, label, large),
    publishSubject(bench, `${many.fileCount} files (${megabytes} MB)`, many),
  ];
};

type Subjects = () => Promise<readonly [Subject, Subject]>;
type Group = (bench: Bench, subjects: Subjects) => Promise<readonly Row[]>;

/** By the names of their files, in the order of the table. */
const groups: Readonly<Record<string, Group>> = {
  update: async (bench, subjects) => updateRows(bench, await subjects()),
  recorder: async (bench, subjects) => recorderRows(bench, (await subjects())[0]),
  import: importRows,
  launch: launchRows,
  abi: abiRows,
  natives: nativesRows,
  identity: identityRows,
  'core-lock': coreLockRows,
  'core-lock-start': coreLockStartRows,
  check: async (bench, subjects) => checkRows(bench, (await subjects())[0]),
};

/** All of them, or a single one. */
const groupsOf = (only: string | undefined): readonly Group[] => {
  if (only === undefined) return Object.values(groups);
  const { [only]: group } = groups;
  if (group === undefined)
    throw new Error(`--only: there is no ${only}, but ${Object.keys(groups).join(', ')}`);
  return [group];
};

const measure = async (bench: Bench, short: boolean, only: string | undefined): Promise<readonly Row[]> => {
  let made: ReturnType<typeof subjects> | undefined;
  const rows: Row[] = [];
  for (const group of groupsOf(only))
    rows.push(...(await group(bench, () => (made ??= subjects(bench, short)))));
  return rows;
};

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    network: { type: 'boolean', default: false },
    only: { type: 'string' },
    runs: { type: 'string' },
  },
});
const short = values.short;
const begun = performance.now();
const [loadBefore] = loadavg();
const scratch = openScratch();
const registry = await startRegistry();
const runs = Number(values.runs ?? (short ? 2 : 7));
const pairs = short ? 16 : runs * 32;
const bench: Bench = { scratch, registry, runs, pairs, say: line => process.stderr.write(`· ${line}\n`) };
// What needs a registry elsewhere is measured alone, and only where that is asked for.
const rows = values.network ? await networkRows(bench) : await measure(bench, short, values.only);
await registry.close();
scratch.close();

// What else the machine does: with more work than cores, the limits in milliseconds say little.
const load = loadBefore === undefined ? 'unknown' : `${loadBefore.toFixed(1)} before`;
const seconds = Math.round((performance.now() - begun) / 1000);
const machine = `Node ${process.version}, ${process.platform}-${process.arch}, ${cpus().length} cores, ${scratch.kind}, load ${load}`;
const method = `medians of ${runs} runs or more, A B B A, each in a process of its own (processor time: all at once, on one core where there is taskset); a ratio with a range: the median of the pairs, and where it lies by three sigmas`;
process.stdout.write(`\n${renderTable(rows)}\n\n${machine}; ${method}; ${seconds} s\n`);
const failed = missed(rows, short);
if (failed.length > 0) process.stdout.write(`${failed.length} target(s) missed\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
