import type { App, CustomScheme, Menu, Protocol } from 'electron';
import { agreeing } from './agreement.ts';
import type { ElectronDouble } from './double.ts';

/** Where the module that programs import as `electron` finds what it exports. */
export const modulesKey = Symbol.for('stagedoor.electron-double');

/** A part of Electron that the double has not: whoever touches it is told so. */
const missing = (name: string): object => {
  const refuse = (): never => {
    throw new TypeError(`the double has no electron.${name}`);
  };
  return new Proxy(refuse, { get: refuse, apply: refuse, construct: refuse });
};

const names = [
  'autoUpdater',
  'clipboard',
  'contentTracing',
  'crashReporter',
  'dialog',
  'globalShortcut',
  'nativeImage',
  'nativeTheme',
  'Notification',
  'screen',
  'safeStorage',
  'shell',
  'Tray',
  'webContents',
] as const;

type ProtocolHandler = (request: GlobalRequest) => GlobalResponse | Promise<GlobalResponse>;

export type ElectronModules = Readonly<Record<string, unknown>> & { readonly app: Pick<App, 'quit'> };

/** What `import … from 'electron'` gives a main program. */
export const electronModules = (
  { parts }: ElectronDouble,
  registerScheme: (scheme: string) => void,
): ElectronModules => ({
  ...Object.fromEntries(names.map(name => [name, missing(name)])),
  ...parts,
  // Pages are not rendered here: nothing asks for what a protocol serves, and nobody sees a menu.
  Menu: agreeing<typeof Menu>()({
    setApplicationMenu: (_menu: Menu | null): void => undefined,
    getApplicationMenu: (): Menu | null => null,
  }),
  protocol: agreeing<Protocol>()({
    registerSchemesAsPrivileged: (customSchemes: CustomScheme[]): void => {
      for (const { scheme, privileges } of customSchemes) {
        if (privileges?.standard === true) registerScheme(scheme);
      }
    },
    handle: (_scheme: string, _handler: ProtocolHandler): void => undefined,
  }),
});
