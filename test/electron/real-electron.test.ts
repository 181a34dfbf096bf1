import { test } from 'vitest';
import { newFlowApp, walkThrough } from '../support/electron/flow.ts';
import { bannerPage, electronBinary, startReal } from '../support/electron/real.ts';

if (electronBinary === undefined) {
  console.log(
    'skipped: the flow of a whole app in Electron itself: no binary was found; `npx install-electron` installs one, STAGEDOOR_ELECTRON may name one',
  );
}

test.skipIf(electronBinary === undefined)(
  'in Electron itself an app is installed, updated, restarted, broken and rolled back, and its window says so',
  async () => {
    const app = await newFlowApp(await bannerPage());
    await walkThrough(app, () => startReal(app));
  },
);
