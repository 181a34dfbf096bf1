// An app's own preload that takes in the one of the package.
import { contextBridge } from 'electron';
import { stagedoor } from 'stagedoor/preload';

const codeOf = promise =>
  promise.then(
    () => null,
    error => error.code,
  );

contextBridge.exposeInMainWorld('app', { whyNoCheck: () => codeOf(stagedoor.check()) });
