import path from 'node:path';
import { entryFile } from '../store/entry.ts';
import type { FileSystem } from '../store/file-system.ts';
import { namesIn } from '../store/folder.ts';
import { asRecord, readJson } from '../store/json-shape.ts';
import type { Layout } from '../store/layout.ts';
import { readPointer } from '../store/pointer.ts';
import { orphanedScratch, orphanedTemporaries } from '../store/scratch.ts';
import { type Finding, finding, problem } from './finding.ts';
import { bundledState, type UpkeepSetup } from './target.ts';

/** Without a bundled runtime the user has nothing to fall back to (P-06). */
export const checkBundled = (fs: FileSystem, setup: UpkeepSetup): Finding => {
  const state = bundledState(fs, setup);
  if (state.kind === 'valid') return finding('bundled', `${state.bundled.version} is bundled`);
  const hint = 'Name the folder with package.json and entry with --bundled; stagedoor bundle makes one.';
  return state.kind === 'none'
    ? problem('bundled', 'warning', 'no bundled runtime is named: there is no last fallback', hint)
    : problem('bundled', 'error', state.reason, hint);
};

/** An invalid or stale pointer does no harm: the next launch removes it (S-05). */
export const checkPointer = (fs: FileSystem, layout: Layout, setup: UpkeepSetup): Finding => {
  const state = readPointer(fs, layout, setup.entry);
  const hint = 'The next launch removes it and starts the previous good or the bundled version.';
  if (state.kind === 'none') return finding('pointer', 'nothing is staged');
  if (state.kind === 'invalid')
    return problem('pointer', 'warning', `current.json is invalid: ${state.reason}`, hint);
  const { version } = state.pointer;
  return entryFile(fs, layout.version(version), setup.entry) === null
    ? problem('pointer', 'warning', `${version} is pointed to, but its entry is missing`, hint)
    : finding('pointer', `${version} is pointed to`);
};

/** Files that read as empty when they are damaged: said here, so that lost marks are no riddle. */
export const checkDocuments = (fs: FileSystem, layout: Layout): Finding[] =>
  [layout.badVersions, layout.health, layout.pin].map(file => {
    const name = path.basename(file);
    const read = readJson(fs, file);
    if (read.kind === 'absent') return finding(name, 'not there, which is fine');
    const known = read.kind === 'value' && (Array.isArray(read.value) || asRecord(read.value) !== null);
    if (known) return finding(name, 'readable');
    const reason = read.kind === 'invalid' ? read.reason : 'it has another shape';
    return problem(
      name,
      'warning',
      `${name} counts as empty: ${reason}`,
      `It is written anew when needed; or remove it.`,
    );
  });

export const checkLeftovers = (fs: FileSystem, layout: Layout): Finding => {
  const scratch = orphanedScratch(fs, layout).length;
  const temporary = orphanedTemporaries(fs, layout).length;
  const trash = namesIn(fs, layout.trash).length;
  if (scratch + temporary + trash === 0) return finding('leftovers', 'none');
  const detail = `${scratch} partial folders, ${temporary} temporary files, ${trash} deleted folders are left over`;
  return problem(
    'leftovers',
    'warning',
    detail,
    'stagedoor gc removes them; the next start does so as well.',
  );
};
