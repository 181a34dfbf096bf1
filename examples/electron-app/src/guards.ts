import { app, session } from 'electron';

/** What no page may do, whatever is in it (https://www.electronjs.org/docs/latest/tutorial/security). */
export const guardContents = (runtime: string): void => {
  app.on('web-contents-created', (_, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-attach-webview', event => event.preventDefault());
    contents.on('will-frame-navigate', event => {
      if (event.isMainFrame || new URL(event.url).origin !== runtime) event.preventDefault();
    });
  });
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  defaultSession.setPermissionCheckHandler(() => false);
};
