// Makes the viewer: one file that needs nothing else, opened from disk or served. Part of the build.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { rolldown } from 'rolldown';

const text = place => readFileSync(new URL(place, import.meta.url), 'utf8');

/** Notices of what is inside must stay with it. */
const bundled = ['xstate', 'preact'];
const notice = bundled
  .map(name => `${name}\n\n${text(`../../node_modules/${name}/LICENSE`).trim()}`)
  .join('\n\n');

const script = async () => {
  const bundle = await rolldown({ input: 'src/viewer/page/shell/main.tsx', platform: 'browser' });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false, minify: true });
  await bundle.close();
  const [{ code, imports }] = output;
  if (output.length !== 1 || imports.length > 0)
    throw new Error('the page must be one script without imports');
  // Inside a page these would end the script, or begin what browsers read as a comment.
  return code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
};

/** The look of a picture is its own, but a page has one style for all; its titles would stand beside the hints. */
const picture = name => {
  const svg = text(`../../visualizations/${name}.svg`);
  const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(svg) ?? [];
  return {
    style,
    markup: svg.replace(/<style>[\s\S]*?<\/style>/, '').replaceAll(/<title>.*?<\/title>/g, ''),
  };
};

const sheets = [
  'base',
  'top',
  'results',
  'dialog',
  'film',
  'panel',
  'timeline',
  'page',
  'journal',
  'picture',
];
const names = ['supervisor', 'launch', 'update', 'natives', 'plugin-install'];
const pictures = names.map(picture);
const drawn = `.picture svg{${pictures[0].style}}`;
if (pictures.some(({ style }) => style !== pictures[0].style)) throw new Error('pictures look different');

const markers = new Set(pictures.flatMap(({ markup }) => markup.match(/ id="[^"]+"/g) ?? []));
if (markers.size > 1) throw new Error('ids of pictures would clash in one page');

const compact = css => css.replaceAll(/\s*\n\s*/g, '\n').trim();
const style = compact(
  [
    ...sheets.slice(0, -1).map(name => text(`page/style/${name}.css`)),
    drawn,
    text('page/style/picture.css'),
  ].join('\n'),
);
const code = await script();
const storyboards = JSON.stringify(JSON.parse(text('../../visualizations/storyboards.json'))).replaceAll(
  '<',
  '\\u003c',
);
const hash = content => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
const policy = [
  "default-src 'none'",
  `script-src ${hash(code)}`,
  `style-src ${hash(style)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  // Whatever a journal holds can't become markup or script, even by a mistake of ours.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

writeFileSync(
  new URL('../../dist/viewer.html', import.meta.url),
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>stagedoor viewer</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript.</noscript>
${names.map((name, at) => `<template id="picture-${name}">${pictures[at].markup.trim()}</template>`).join('\n')}
<script type="application/json" id="storyboards">${storyboards}</script>
<script type="module">${code}</script>
<!-- This file contains:

${notice.replaceAll('--', '- -')}
-->
</body>
</html>
`,
);
