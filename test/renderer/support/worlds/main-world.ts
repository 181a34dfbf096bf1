import { createSide, frozen } from './passing.ts';

declare const stagedoorTestToken: string;

/** The page's own world: here the bridge puts what is exposed, read-only, as Electron does. */
const side = createSide(`${stagedoorTestToken} page`, `${stagedoorTestToken} preload`);

document.addEventListener(`${stagedoorTestToken} expose`, event => {
  const { key, api } = (event as CustomEvent<{ key: string; api: Parameters<typeof side.receive>[0] }>)
    .detail;
  Object.defineProperty(window, key, { value: frozen(side.receive(api)), enumerable: true });
});
