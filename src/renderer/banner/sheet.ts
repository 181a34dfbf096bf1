/** Private names (`--_…`) give each public property its default in one place. */
const css = `
:host { display: block; font: var(--stagedoor-font, inherit); }
:host([hidden]) { display: none; }
[hidden] { display: none !important; }
p { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }

[part~='banner'] {
  --_background: var(--stagedoor-background, light-dark(#ffffff, #1f2430));
  --_color: var(--stagedoor-color, light-dark(#1f2328, #e6e9ef));
  --_muted: var(--stagedoor-muted-color, light-dark(#57606a, #b1b8c4));
  --_accent: var(--stagedoor-accent, light-dark(#0b57d0, #8ab4f8));
  --_on-accent: var(--stagedoor-on-accent, light-dark(#ffffff, #10141c));
  --_alert: var(--stagedoor-alert, light-dark(#b3261e, #f2b8b5));
  --_border: var(--stagedoor-border-color, light-dark(#d0d7de, #3d4554));
  --_button-border: var(--stagedoor-button-border-color, light-dark(#6e7781, #8b95a5));
  --_radius: var(--stagedoor-radius, 0.5em);
  --_space: var(--stagedoor-space, 0.75em);
  --_mark: var(--_accent);
}
[part~='banner']:is([data-kind='rolled-back'], [data-kind='down']) { --_mark: var(--_alert); }

/* Nothing to say: no box, but the live region stays. */
[part~='banner']:not([data-kind='']) {
  box-sizing: border-box;
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: var(--_space) calc(2 * var(--_space));
  padding: var(--_space) calc(1.25 * var(--_space));
  color: var(--_color);
  background: var(--_background);
  border: 1px solid var(--_border);
  border-inline-start: 0.25em solid var(--_mark);
  border-radius: var(--_radius);
  line-height: 1.4;
}
[part~='content'] { flex: 1 1 16em; min-inline-size: 0; }
[part~='title'] { font-weight: 600; }
[part~='detail'], [part~='note'] { color: var(--_muted); }
[part~='note'] { font-variant-numeric: tabular-nums; }
[part~='failure'] { margin-block-start: 0.25em; color: var(--_alert); }
[part~='progress'] { display: block; inline-size: 100%; margin-block: 0.5em 0.25em; accent-color: var(--_accent); }

[part~='actions'] { display: flex; flex-wrap: wrap; gap: 0.5em; }
[part~='button'] {
  min-block-size: 2em;
  padding: 0.25em 0.9em;
  font: inherit;
  text-align: center;
  unicode-bidi: plaintext;
  color: var(--_color);
  background: transparent;
  border: 1px solid var(--_button-border);
  border-radius: calc(0.75 * var(--_radius));
  cursor: pointer;
}
[part~='button'][part~='primary'] {
  color: var(--_on-accent);
  background: var(--_accent);
  border-color: var(--_accent);
}
[part~='button']:hover { text-decoration: underline; }
[part~='button'][aria-disabled='true'] { cursor: progress; border-style: dashed; }
:focus-visible { outline: 0.15em solid var(--_accent); outline-offset: 0.15em; }

@media (prefers-reduced-motion: no-preference) {
  [part~='banner']:not([data-kind='']) { animation: appear 160ms ease-out; }
}
@media (prefers-reduced-motion: reduce) {
  /* A bar without a value runs to and fro; the title says the same. */
  [part~='progress']:not([value]) { display: none; }
}
@media (forced-colors: active) {
  [part~='button'][part~='primary'] { font-weight: 600; border-width: 2px; }
  [part~='button'][aria-disabled='true'] { color: GrayText; border-color: GrayText; }
}
@keyframes appear { from { opacity: 0; translate: 0 -0.25em; } }
`;

let made: CSSStyleSheet | null = null;

/** One for all banners; a constructed sheet needs no `style-src` of the page's policy. */
export const sheet = (): CSSStyleSheet => {
  if (made === null) {
    made = new CSSStyleSheet();
    made.replaceSync(css);
  }
  return made;
};
