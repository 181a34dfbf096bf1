import { channels, type UiState, type UiTag } from '#src/electron/bridge.js';
import { until } from '../app-world.ts';
import type { Running } from './attached.ts';
import type { FrameDouble } from './frame.ts';

/** Whatever shows a page: a window, or a view. */
export type Shows = { readonly frame: FrameDouble };

/** What the page that is there now was told, in its order. */
export const shownIn = ({ frame }: Shows): readonly UiState[] =>
  frame
    .document()
    .received.filter(({ channel }) => channel === channels.state)
    .map(({ args }) => args[0] as UiState);

/** Until a page was told what is the case now, and what it was told. */
export const shownNow = async ({ stagedoor }: Running, page: Shows): Promise<readonly UiState[]> => {
  await until(() => shownIn(page).at(-1)?.seq === stagedoor.uiState().seq);
  return shownIn(page);
};

/** Until a page was told what is the case now, and it has a tag. */
export const told = ({ stagedoor }: Running, page: Shows, tag: UiTag): Promise<void> =>
  until(
    () => shownIn(page).at(-1)?.seq === stagedoor.uiState().seq && stagedoor.uiState().tags.includes(tag),
  );

/** What a page orders, and what it is answered. */
export const order = ({ frame }: Shows, given: object): Promise<unknown> =>
  frame.document().invoke(channels.order, given);
