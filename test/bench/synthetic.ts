import { makePackage, type PackageSource, type PackedPackage } from '#src/testing/index.js';

/** Numbers from 0 to 1 that are the same in every run. */
const randomNumbers = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

const blockBytes = 4 * 1024 * 1024;

const pick = (texts: readonly string[], at: number): string => texts[Math.floor(at * texts.length)] ?? '';

/** Text that gzip makes about five times smaller, as it does with bundled JavaScript and its maps. */
const textBlock = (random: () => number): Buffer => {
  const letters = 'etaoinsrhldcumfpgwybvkxjqz';
  const word = (): string =>
    Array.from({ length: 2 + Math.floor(random() * 9) }, () => letters[Math.floor(random() ** 2 * 26)]).join(
      '',
    );
  const words = Array.from({ length: 3000 }, word);
  const joints = ['.', '(', ');\n', ' = ', ', ', ' { ', ' }\n', ': ', '["', '"]'];
  const parts: string[] = [];
  const add = (part: string): number => parts.push(part) && part.length;
  const fresh = (): number => add(`${pick(words, random() ** 5)}${pick(joints, random() ** 2)}`);
  const repeat = (): number => {
    const from = Math.max(0, parts.length - 2 - Math.floor(random() * 1500));
    return parts.slice(from, from + 6).reduce((bytes, part) => bytes + add(part), 0);
  };
  for (let bytes = 0; bytes < blockBytes; ) bytes += random() < 0.25 ? repeat() : fresh();
  return Buffer.from(parts.join('')).subarray(0, blockBytes);
};

/** Any amount of text from one block: gzip looks back 32 KB only, so that repeating it costs nothing in realism. */
const textSource = (seed: number): ((bytes: number) => Buffer) => {
  const block = textBlock(randomNumbers(seed));
  let at = 0;
  return bytes => {
    const text = Buffer.allocUnsafe(bytes);
    for (let written = 0; written < bytes; ) {
      const piece = block.subarray(at, Math.min(blockBytes, at + bytes - written));
      written += piece.copy(text, written);
      at = (at + piece.byteLength) % blockBytes;
    }
    return text;
  };
};

type Shape = Pick<PackageSource, 'name' | 'version'>;

const megabyte = 1_000_000;

/** The shape of the real `kanban`: 21 files of 57 MB, two thirds of it source maps. */
export const largeFiles = (shape: Shape): PackedPackage => {
  const text = textSource(1);
  const megabytes = [22, 9, 4, 2.4, 9.5, 4.5, 2.2, 1.1];
  const large = megabytes.map((size, index) => {
    const name = index < 4 ? `dist/chunk-${index}.js.map` : `dist/chunk-${index - 4}.js`;
    return [name, text(size * megabyte)] as const;
  });
  const small = Array.from({ length: 11 }, (_, index) => [`assets/${index}.js`, text(200_000)] as const);
  return makePackage({
    ...shape,
    manifest: { bin: { cli: 'dist/cli.js' } },
    files: { 'dist/cli.js': 'process.exitCode = 0;\n', ...Object.fromEntries([...large, ...small]) },
  });
};

/** Sizes as they are in a tree of npm packages: most files are small, a few are not. */
export const manyFiles = (shape: Shape, count: number): PackedPackage => {
  const text = textSource(2);
  const random = randomNumbers(3);
  const files = Array.from({ length: count }, (_, index) => {
    const size = Math.round(Math.exp(7.3 + 1.5 * (random() + random() + random() + random() - 2) * 1.7));
    return [`lib/${index % 97}/${index % 3}/file-${index}.js`, text(Math.max(size, 40))] as const;
  });
  return makePackage({
    ...shape,
    manifest: { bin: { cli: 'cli.js' } },
    files: { 'cli.js': 'process.exitCode = 0;\n', ...Object.fromEntries(files) },
  });
};
