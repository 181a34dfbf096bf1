/** How the page of storyboards looks: light and dark by the reader's system, and on paper. */
export const pageStyle = `
:root { color-scheme: light dark; --paper: #fbfaf8; --card: #fff; --ink: #1d2430; --faint: #5b6475; --line: #e1dfda;
  --accent: #2456a6; --new: #fff3cf; --newink: #6b4a00; --chip: #eef1f6; --moved: #dbe8ff; --movedink: #123a7a; --out: #f3ece2; --bar: #e9e7e3; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171c; --card: #1b1f26; --ink: #e4e7ec; --faint: #98a2b3;
  --line: #2e3440; --accent: #8ab4ff; --new: #40361a; --newink: #ffdf8f; --chip: #262c36; --moved: #203a66; --movedink: #cfe0ff; --out: #2a2620; --bar: #2a2f38; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header, main, nav, footer { max-width: 84rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.01em; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 0; }
h2 a { color: inherit; text-decoration: none; } h2 a:hover { text-decoration: underline; }
p { margin: .4rem 0 0; max-width: 62rem; }
.lead, .summary { color: var(--faint); }
a { color: var(--accent); }
nav { margin-top: 1.5rem; }
nav ol { columns: 24rem 2; column-gap: 2.5rem; padding-left: 1.6rem; margin: .5rem 0 0; }
nav li { break-inside: avoid; padding: .12rem 0; }
nav small { color: var(--faint); }
article { margin: 3rem 0 0; }
.steps { list-style: none; margin: 1rem 0 0; padding: 0; border: 1px solid var(--line); border-radius: .7rem; overflow: hidden; background: var(--card); }
.step { display: grid; grid-template-columns: 2.6rem minmax(15rem, 1.7fr) minmax(13rem, 1fr) minmax(12rem, 14rem); gap: .2rem 1.1rem;
  padding: .7rem 1rem .75rem .4rem; border-top: 1px solid var(--line); }
.step:first-child { border-top: 0; }
.step.outside { background: var(--out); }
.no { color: var(--faint); text-align: right; font-variant-numeric: tabular-nums; }
.by { overflow-wrap: anywhere; font: 600 .8rem/1.6 ui-monospace, SFMono-Regular, Menlo, monospace; color: var(--accent); }
.outside .by { color: var(--ink); font-family: inherit; font-size: .88rem; }
.says { margin: 0; }
.facts { margin: .3rem 0 0; color: var(--faint); font-size: .86rem; }
.facts b { font-weight: 600; }
.chips { display: flex; flex-wrap: wrap; gap: .3rem; margin: .45rem 0 0; padding: 0; list-style: none; }
.chips li { font: .74rem/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; background: var(--chip); color: var(--faint); border-radius: .35rem; padding: .08rem .45rem; overflow-wrap: anywhere; }
.chips li.moved { background: var(--moved); color: var(--movedink); }
.chips b { font-weight: 600; }
dl { margin: 0; font-size: .86rem; display: grid; grid-template-columns: 5.6rem 1fr; gap: .1rem .6rem; align-content: start; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
dd.new { background: var(--new); color: var(--newink); border-radius: .3rem; padding: 0 .35rem; margin-left: -.35rem; font-weight: 500; }
.same { color: var(--faint); font-size: .86rem; margin: 0; }
.window { border: 1px solid var(--line); border-radius: .5rem; background: var(--paper); font-size: .86rem; align-self: start; overflow: hidden; }
.window::before { content: "● ● ●"; display: block; background: var(--bar); color: var(--faint); font-size: .5rem; letter-spacing: .1em; padding: .2rem .55rem; }
.window p { margin: 0; padding: .3rem .65rem; overflow-wrap: anywhere; }
.window p + p { border-top: 1px dashed var(--line); }
.window.same p { color: var(--faint); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.up { font-size: .85rem; display: inline-block; margin-top: .5rem; }
footer { padding-top: 2.5rem; padding-bottom: 3rem; color: var(--faint); font-size: .88rem; }
@media (max-width: 62rem) { .step { grid-template-columns: 2.2rem 1fr; } .step > :nth-child(n+3) { grid-column: 2; margin-top: .45rem; } }
@media print { body { background: #fff; font-size: 10.5px; } article { break-before: page; margin: 0; } .step, nav li { break-inside: avoid; } .up { display: none; } .steps { overflow: visible; } }
`;
