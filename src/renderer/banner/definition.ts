import { type Outgrown, StagedoorBanner } from './element.ts';

declare global {
  interface HTMLElementTagNameMap {
    'stagedoor-banner': StagedoorBanner;
  }
  interface HTMLElementEventMap {
    /** Of `<stagedoor-banner>`, once for each version; `preventDefault()`: the app offers its own update, the banner doesn't. */
    'stagedoor-outgrown': CustomEvent<Outgrown>;
  }
}

/** Defines the element, unless it is defined already. */
export const defineBanner = (name: string = 'stagedoor-banner'): void => {
  if (customElements.get(name) !== undefined) return;
  // A class can be defined once: under another name a subclass is.
  const taken = customElements.getName(StagedoorBanner) !== null;
  customElements.define(name, taken ? class extends StagedoorBanner {} : StagedoorBanner);
};
