import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../support/folder.ts';
import { noNodeBuild } from '../../support/natives/addons.ts';
import { binding, build, exec, source, treeWith } from '../../support/natives/building.ts';

if (noNodeBuild !== null) console.log(`skipped: trouble of builds from source, because ${noNodeBuild}`);
describe.skipIf(noNodeBuild !== null)('what a build must not do', { timeout: 180_000 }, () => {
  test('no script of the package runs, and its `node` is the target, whatever is on PATH', async () => {
    const stain = path.join(temporaryFolder(), 'stain');
    const touch = `node -e "require('fs').writeFileSync(${JSON.stringify(stain)}, '')"`;
    const scripts = Object.fromEntries(
      ['preinstall', 'install', 'postinstall', 'prepare'].map(name => [name, touch]),
    );
    const { tree, folder } = treeWith({
      'package.json': JSON.stringify({ name: 'native', version: '1.0.0', main: 'index.js', scripts }),
      'binding.gyp': binding({ defines: ['BY="<!(node -p process.execPath)"'] }),
      'addon.cc': source.replace('#include', '#define SAYS(x) #x\n#include'),
    });
    const path0 = process.env.PATH;
    const fake = temporaryFolder();
    writeFileSync(path.join(fake, 'node'), '#!/bin/sh\necho another\n');
    chmodSync(path.join(fake, 'node'), 0o755);
    process.env.PATH = `${fake}${path.delimiter}${path0}`;
    try {
      await build(tree);
    } finally {
      process.env.PATH = path0;
    }
    expect(existsSync(stain)).toBe(false);
    expect(readFileSync(path.join(folder, 'build/addon.target.mk'), 'utf8')).toContain(exec);
  });

  test('P-37: what the shell was started with does not reach the build', async () => {
    const { tree, folder } = treeWith({
      'binding.gyp': binding({
        defines: [
          'BY="<!(node -p "[process.env.NODE_OPTIONS, process.env.npm_config_nodedir, process.env.LD_PRELOAD].join()")"',
        ],
      }),
      'addon.cc': source,
    });
    vi.stubEnv('NODE_OPTIONS', '--no-warnings');
    vi.stubEnv('npm_config_nodedir', '/nowhere');
    try {
      await build(tree);
    } finally {
      vi.unstubAllEnvs();
    }
    expect(readFileSync(path.join(folder, 'build/addon.target.mk'), 'utf8')).toContain('BY=",,"');
  });

  test('a source that does not compile is told in the words of the compiler, without a path', async () => {
    const { tree, folder } = treeWith({ 'binding.gyp': binding() });
    writeFileSync(path.join(folder, 'addon.cc'), `#include "${tree}/not-to-be.h"`);
    const failed = await build(tree).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: 'NATIVE_ABI_MISMATCH',
      message: expect.stringContaining('not-to-be.h'),
      hint: expect.stringContaining('compiler'),
    });
    expect(String(failed)).not.toContain(tree);
  });

  test('a build that prints without end is bounded, and ends as it ends', async () => {
    const flood = 'node -e "process.stderr.write(String(1).repeat(3e7)); process.exit(3)"';
    const { tree } = treeWith({
      'binding.gyp': binding({ defines: [`BY=<!(${flood})`] }),
      'addon.cc': source,
    });
    const failed = await build(tree).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'NATIVE_ABI_MISMATCH' });
    expect(String(failed).length).toBeLessThan(1200);
  });

  test('a link that a build leaves in the tree is refused', async () => {
    const { tree, folder } = treeWith({
      'binding.gyp': binding({ defines: ['BY=<!(node link.js)'] }),
      'link.js': "require('fs').symlinkSync('/etc/passwd', 'passwd'); console.log('done')",
      'addon.cc': source,
    });
    await expect(build(tree)).rejects.toMatchObject({
      code: 'NATIVE_ABI_MISMATCH',
      message: expect.stringContaining('passwd'),
    });
    expect(readdirSync(folder)).toContain('passwd');
  });
});
