import path from 'node:path';
import type { AfterPackContext } from '#src/builders/electron-builder.js';
import { type BuildWorld, put, putExecutable } from './build-world.ts';
import { wireBytes } from './fuse-wire.ts';

export type Platform = 'linux' | 'win32' | 'darwin' | 'mas';
type Wishes = {
  readonly platform?: Platform;
  /** electron-builder's number; default: this machine's. */
  readonly arch?: number;
  readonly states?: string;
  readonly electronFuses?: AfterPackContext['packager']['config']['electronFuses'];
  readonly electron?: string;
  /** Default: the name that electron-builder gives a folder of this platform. */
  readonly appOutDir?: string;
};

export const ownArch = process.arch === 'arm64' ? 3 : 1;

/** An app as electron-builder has laid it out when it calls `afterPack`. */
export const packagedApp = (
  { project, out }: Pick<BuildWorld, 'project' | 'out'>,
  { platform = 'linux', arch = ownArch, states, electronFuses, electron = '43.0.0', appOutDir }: Wishes = {},
) => {
  const folder = appOutDir ?? path.join(out, `${platform}-unpacked`);
  const mac = platform === 'darwin' || platform === 'mas';
  const contents = path.join(folder, 'My App.app', 'Contents');
  const executable = mac
    ? path.join(contents, 'MacOS', 'My App')
    : path.join(folder, platform === 'win32' ? 'My App.exe' : 'my-app');
  const resources = mac ? path.join(contents, 'Resources') : path.join(folder, 'resources');
  putExecutable(executable, states);
  if (mac) {
    const framework = path.join(contents, 'Frameworks', 'Electron Framework.framework', 'Electron Framework');
    put(framework, wireBytes({ states: states ?? '100011001' }));
  }
  put(path.join(resources, 'app.asar'), 'the app');
  const context: AfterPackContext = {
    ...{ outDir: out, appOutDir: folder, electronPlatformName: platform, arch },
    packager: {
      projectDir: project,
      appInfo: { productFilename: 'My App', version: '2.3.4' },
      ...(platform === 'linux' ? { executableName: 'my-app' } : {}),
      config: { electronFuses },
      info: { framework: { version: electron } },
      getResourcesDir: () => resources,
    },
  };
  return { context, folder, resources, executable, runtime: path.join(resources, 'runtime') };
};
