import { expect, test } from 'vitest';
import { nodeFileSystem } from '#src/store/file-system.js';
import { pageFile, readPage } from '#src/viewer/page-file.js';

test('P-39: a page that is missing is a failure that says so and what to do', () => {
  const nothing = { ...nodeFileSystem, statSync: (): undefined => undefined };
  expect(() => readPage(nothing as unknown as typeof nodeFileSystem)).toThrow(
    expect.objectContaining({
      code: 'INTERNAL',
      message: `the page of the viewer is missing (${pageFile})`,
      hint: 'Install stagedoor anew; in its own folder, npm run build makes the page.',
    }),
  );
});
