import { chmodSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';

/** One file or link of a native package in a bundle, as package managers lay them out. */
export type BundlePart =
  | { readonly kind: 'file'; readonly at: string; readonly executable: boolean; readonly text: string }
  | { readonly kind: 'link'; readonly at: string; readonly to: number; readonly absolute: boolean }
  | { readonly kind: 'loop'; readonly at: string; readonly of: 'itself' | 'above' | 'two' };

const name = fc.constantFrom('a', 'b', 'c', 'build', 'lib', 'x.node', 'helper');
const place = fc.array(name, { minLength: 1, maxLength: 3 }).map(parts => parts.join('/'));
const file = fc.record({
  kind: fc.constant('file' as const),
  at: place,
  executable: fc.boolean(),
  text: fc.string({ maxLength: 20 }),
});
const link = fc.record({
  kind: fc.constant('link' as const),
  at: place,
  to: fc.nat({ max: 50 }),
  absolute: fc.boolean(),
});
const loop = fc.record({
  kind: fc.constant('loop' as const),
  at: place,
  of: fc.constantFrom('itself' as const, 'above' as const, 'two' as const),
});

/** Parts without a loop; links lead to files, folders and links, inside and outside of the package. */
export const honestBundle: fc.Arbitrary<readonly BundlePart[]> = fc.array(
  fc.oneof({ weight: 3, arbitrary: file }, { weight: 2, arbitrary: link }),
  {
    maxLength: 12,
  },
);
export const loopingBundle: fc.Arbitrary<readonly BundlePart[]> = fc
  .tuple(honestBundle, loop)
  .map(([parts, last]) => [last, ...parts]);

const attempt = (work: () => void): boolean => {
  try {
    work();
    return true;
  } catch {
    // The place is taken by another part, or lies behind a link: then this one is left out.
    return false;
  }
};

/** From the top: behind a file or a loop nothing can be asked for. */
const isBehindLink = (dir: string, place: string): boolean => {
  const kind =
    place === dir || isBehindLink(dir, path.dirname(place))
      ? null
      : lstatSync(place, { throwIfNoEntry: false });
  return kind === null ? place !== dir : kind !== undefined && !kind.isDirectory();
};

const loopAt = (target: string, of: Extract<BundlePart, { kind: 'loop' }>['of']): void => {
  if (of === 'above') symlinkSync('..', target);
  else if (of === 'itself') symlinkSync(path.basename(target), target);
  else {
    symlinkSync(`${path.basename(target)}-other`, target);
    symlinkSync(path.basename(target), `${target}-other`);
  }
};

/**
 * Lays a native package out in a bundle, with a shared folder beside it that links lead to. Links lead only to parts that
 * were there before them, so that nothing but a loop can be one.
 */
export const layOutBundle = (bundle: string, parts: readonly BundlePart[]): string => {
  const dir = path.join(bundle, 'node_modules', 'native');
  const shared = path.join(bundle, '..', 'shared');
  mkdirSync(dir, { recursive: true });
  mkdirSync(path.join(shared, 'deep'), { recursive: true });
  writeFileSync(path.join(dir, 'package.json'), '{"name":"native"}');
  writeFileSync(path.join(shared, 'deep', 'tool'), '#!/bin/sh\n', { mode: 0o755 });
  const targets = [path.join(shared, 'deep'), path.join(shared, 'deep', 'tool')];
  for (const part of parts) {
    const target = path.join(dir, part.at);
    const above = path.dirname(target);
    // What is put there through a link to a folder would lie somewhere else, and a relative link would lead astray.
    if (isBehindLink(dir, above)) continue;
    if (part.kind === 'file') {
      attempt(() => {
        mkdirSync(above, { recursive: true });
        writeFileSync(target, part.text, { flag: 'wx' });
        chmodSync(target, part.executable ? 0o750 : 0o640);
        targets.push(target);
      });
    } else if (part.kind === 'loop') {
      mkdirSync(above, { recursive: true });
      loopAt(target, part.of);
    } else {
      const goal = targets[part.to % targets.length] ?? shared;
      attempt(() => {
        mkdirSync(above, { recursive: true });
        symlinkSync(part.absolute ? goal : path.relative(above, goal), target);
        targets.push(target);
      });
    }
  }
  return dir;
};
