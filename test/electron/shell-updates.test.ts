import { describe, expect, test } from 'vitest';
import { offerShellUpdate, type Shell } from '#examples/electron-app/shell-updates.js';

const outgrown = { version: '2.0.0', needs: 'node >=26', shell: 'node 24.17.0' };
type Found = Awaited<ReturnType<Shell['updater']['checkForUpdates']>>;

/** electron-updater and a user as the example meets them, and what is done to them in its order. */
const world = ({ found, wants = false }: { found: () => Promise<Found>; wants?: boolean }) => {
  const done: string[] = [];
  const note = (what: string) => void done.push(what);
  const shell: Shell = {
    updater: { checkForUpdates: () => found(), quitAndInstall: () => note('quitAndInstall') },
    ask: async (version, { version: runtime }) => {
      note(`asked about ${version} for ${runtime}`);
      return wants;
    },
  };
  const stagedoor = {
    stop: async () => {
      note('stopping');
      await new Promise(setImmediate);
      note('stopped');
    },
  };
  return { done, note, offer: () => offerShellUpdate(stagedoor, outgrown, async () => shell) };
};

const newer = (download: Promise<string[]>, isUpdateAvailable = true): Found => {
  const updateInfo = { version: '1.1.0', files: [], path: '', sha512: '', releaseDate: '' };
  return { isUpdateAvailable, updateInfo, versionInfo: updateInfo, downloadPromise: download };
};

describe('a runtime that needs a newer shell', () => {
  test('the user is asked when the shell is downloaded, and the runtime has ended before it is installed', async () => {
    const { done, note, offer } = world({
      found: async () =>
        newer(
          Promise.resolve().then(() => {
            note('downloaded');
            return [];
          }),
        ),
      wants: true,
    });
    await offer();
    expect(done).toEqual([
      'downloaded',
      'asked about 1.1.0 for 2.0.0',
      'stopping',
      'stopped',
      'quitAndInstall',
    ]);
  });

  test('without the word of the user nothing is ended', async () => {
    const { done, offer } = world({ found: async () => newer(Promise.resolve([])) });
    await offer();
    expect(done).toEqual(['asked about 1.1.0 for 2.0.0']);
  });

  test.each([
    ['no newer shell', async () => newer(Promise.resolve([]), false)],
    ['an app that is not installed', async () => null],
    ['no network', () => Promise.reject(new Error('net::ERR_INTERNET_DISCONNECTED'))],
    ['a download that fails', async () => newer(Promise.reject(new Error('sha512 checksum mismatch')))],
  ])('%s: nobody is asked, and the app goes on', async (_, found) => {
    const { done, offer } = world({ found, wants: true });
    await offer();
    expect(done).toEqual([]);
  });
});
