import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { films } from '../storyboards/films.ts';
import { storyboardFiles } from '../storyboards/output.ts';
import { stories } from '../storyboards/stories.ts';
import { pictures } from './pictures.ts';

const folder = fileURLToPath(new URL('../../../visualizations/', import.meta.url));
const files = [...(await pictures()), ...storyboardFiles(await films(stories))];
for (const [name, text] of files) {
  writeFileSync(`${folder}${name}`, text);
  console.log(`visualizations/${name}`);
}
