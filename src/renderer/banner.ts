/** The update banner: importing this module defines `<stagedoor-banner>`. */
import { defineBanner } from './banner/definition.ts';

export type { StagedoorBridge, UiState, UiTag } from '../electron/bridge.ts';
export { defineBanner } from './banner/definition.ts';
export { type Outgrown, StagedoorBanner } from './banner/element.ts';
export type { Notice } from './banner/notice.ts';
export type { BannerStrings, BannerText, BannerValues } from './banner/strings.ts';
export { type FailureParts, failureParts } from './failure-parts.ts';
export { exposedBridge } from './window.ts';

defineBanner();
