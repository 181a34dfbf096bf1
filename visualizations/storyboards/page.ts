import type { ChartName, Film, Frame } from '#src/film/film.js';
import { pageStyle } from './page-style.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const text = (plain: string): string => plain.replace(/[&<>"]/g, sign => escapes[sign] ?? sign);

const charts: readonly ChartName[] = ['supervisor', 'launch', 'update', 'natives', 'plugin-install'];

/** Regions without news are left out: a supervisor without an order in work needs no words. */
const placeWords = (place: string | null): string =>
  place === null ? 'not running' : place.replace(/ ?orders\.none$/, '').replaceAll(' ', ' · ');

const chips = (frame: Frame): string =>
  charts
    .map(chart => {
      const moved = frame.chart === chart ? ' class="moved"' : '';
      return `<li${moved}><b>${chart}</b> ${text(placeWords(frame.places[chart]))}</li>`;
    })
    .join('');

/** Only what this chart did not know when it moved last. */
const news = (frame: Frame, known: Frame['facts']): string => {
  const fresh = Object.entries(frame.facts).filter(([name, fact]) => known[name] !== fact);
  if (fresh.length === 0) return '';
  return `<p class="facts">${fresh.map(([name, fact]) => `<b>${text(name)}</b> ${text(fact)}`).join('<br>')}</p>`;
};

const changedLines = (now: Frame['disk'], before: Frame['disk']): readonly (readonly [string, string])[] => {
  const names = [...new Set([...Object.keys(now ?? {}), ...Object.keys(before ?? {})])];
  return names
    .filter(name => now?.[name] !== before?.[name])
    .map(name => [name, now?.[name] ?? 'none'] as const);
};

const diskCell = (frame: Frame, before: Frame | undefined): string => {
  if (before === undefined) {
    const lines = Object.entries(frame.disk ?? {}).map(
      ([name, line]) => `<dt>${text(name)}</dt><dd>${text(line)}</dd>`,
    );
    return `<dl>${lines.join('')}</dl>`;
  }
  const changed = changedLines(frame.disk, before.disk);
  if (changed.length === 0) return '<p class="same"><span class="hidden">Disk: </span>unchanged on disk</p>';
  return `<dl>${changed.map(([name, line]) => `<dt>${text(name)}</dt><dd class="new">${text(line)}</dd>`).join('')}</dl>`;
};

const windowCell = (frame: Frame, before: Frame | undefined): string => {
  const lines = (frame.window ?? '').split('\n').map(line => `<p>${text(line)}</p>`);
  const same = before !== undefined && before.window === frame.window ? ' same' : '';
  return `<div class="window${same}"><span class="hidden">The user sees:</span>${lines.join('')}</div>`;
};

const stepRow = (film: Film, at: number, known: Frame['facts']): string => {
  const frame = film.frames[at];
  if (frame === undefined) return '';
  const before = film.frames[at - 1];
  return `<li class="step${frame.chart === null ? ' outside' : ''}">
<span class="no">${at + 1}</span>
<div><span class="by">${frame.chart === null ? '' : `${frame.chart} ▸ `}${text(frame.by)}</span><p class="says">${text(frame.says)}</p>${news(frame, known)}<ul class="chips" aria-label="Where the charts stand">${chips(frame)}</ul></div>
${diskCell(frame, before)}
${windowCell(frame, before)}
</li>`;
};

const article = (film: Film): string => {
  const known: Partial<Record<ChartName, Frame['facts']>> = {};
  const rows = film.frames.map((frame, at) => {
    const row = stepRow(film, at, frame.chart === null ? {} : (known[frame.chart] ?? {}));
    if (frame.chart !== null) known[frame.chart] = frame.facts;
    return row;
  });
  return `<article id="${film.id}" aria-labelledby="${film.id}-title">
<h2 id="${film.id}-title"><a href="#${film.id}">${text(film.title)}</a></h2>
<p class="summary">${text(film.summary)}</p>
<ol class="steps">
${rows.join('\n')}
</ol>
<a class="up" href="#contents">Back to the contents</a>
</article>`;
};

const firstSentence = (summary: string): string => /^.*?[.?!](?= |$)/.exec(summary)?.[0] ?? summary;

const entry = ({ id, title, summary, frames }: Film): string =>
  `<li><a href="#${id}">${text(title)}</a> <small>${text(firstSentence(summary))} ${frames.length} steps.</small></li>`;

/** All films as one page that needs nothing else: no script, no network. */
export const storyboardPage = (films: readonly Film[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>stagedoor: edge cases, step by step</title>
<style>${pageStyle}</style>
</head>
<body>
<header>
<h1>Edge cases, step by step</h1>
<p class="lead">Each storyboard is a path through the five charts of stagedoor. None is written by hand: the charts ran on their real effects (folders, a registry on loopback, little runtimes as child processes), and after each step the store on disk and the user's window were looked at. Where a chart moved, its name is coloured; what has changed on disk is highlighted; what happens outside of the charts has a tinted row.</p>
</header>
<nav id="contents" aria-labelledby="contents-title">
<h2 id="contents-title">Contents</h2>
<ol>
${films.map(entry).join('\n')}
</ol>
</nav>
<main>
${films.map(article).join('\n')}
</main>
<footer><p>Made by <code>npm run visualize</code>. The same films, as data for viewers, are in <code>storyboards.json</code>.</p></footer>
</body>
</html>
`;
