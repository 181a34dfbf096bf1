import { decide } from '#src/launching/candidates.js';
import { launchSetup } from '#src/launching/setup.js';
import { readBadVersions } from '#src/store/bad-versions.js';
import { checkTree } from '#src/store/tree-check.js';
import type { LaunchInput } from '../rows/launch.ts';
import { subject } from './subject.ts';

/** The first decision of a process, then the check that precedes the spawn. */
await subject(async ({ name, store, bundled, current, tree }: LaunchInput) => {
  const setup = launchSetup({ package: name, store, bundled });
  const key = { abi: 'unknown', shellVersion: setup.shellVersion, now: new Date() };
  const begun = performance.now();
  const { candidates } = decide(setup, readBadVersions(setup.fs, setup.layout), key);
  const decidedMs = performance.now() - begun;
  const order = candidates.map(({ version }) => version).join(' ');
  if (candidates.length !== 3 || candidates[0]?.version !== current)
    throw new Error(`it would launch ${order}`);
  const checking = performance.now();
  const check = await checkTree(setup.fs, setup.layout.version(current), {
    expectedTree: tree,
    depth: 'launch',
  });
  if (!check.ok) throw new Error(`${check.path}: ${check.reason}`);
  return { decidedMs, checkedMs: performance.now() - checking };
});
