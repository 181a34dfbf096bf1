import { app, session } from 'electron';
import { appOrigin } from './app-origin.ts';

/** What no page may do, whatever is in it (https://www.electronjs.org/docs/latest/tutorial/security). */
export const guardContents = (): void => {
  app.on('web-contents-created', (_, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-attach-webview', event => event.preventDefault());
    contents.on('will-frame-navigate', event => {
      if (event.isMainFrame || event.url !== `${appOrigin}/runtime`) event.preventDefault();
    });
  });
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  defaultSession.setPermissionCheckHandler(() => false);
};
