import type { Session, WebContentsView } from 'electron';
import { standIn, whole } from './agreement.ts';
import type { WindowListeners } from './browser-window.ts';
import type { FrameDouble, FrameWorld } from './frame.ts';
import { type ContentsDouble, createContents } from './web-contents.ts';

/** A page that is no window: what a `BaseWindow` shows, or a part of another window. */
export type ViewDouble = {
  readonly view: WebContentsView;
  readonly frame: FrameDouble;
} & Pick<ContentsDouble, 'load' | 'destroy'>;

type Setting = {
  readonly world: FrameWorld;
  readonly session: Session;
  readonly heard: Pick<WindowListeners, 'contentsCreated'>;
};

/** Told by `web-contents-created` alone: `browser-window-created` and `BrowserWindow` know nothing of it. */
export const createView = ({ world, session, heard }: Setting): ViewDouble => {
  const page = createContents(world, session, () => undefined);
  const view = whole<WebContentsView>(
    standIn<WebContentsView>()({ name: 'WebContentsView' }, { webContents: page.contents }),
  );
  heard.contentsCreated(page);
  const { frame, load, destroy } = page;
  return { view, frame, load, destroy };
};
