import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pictures } from './pictures.ts';

const folder = fileURLToPath(new URL('../../../visualizations/', import.meta.url));
for (const [name, text] of await pictures()) {
  writeFileSync(`${folder}${name}`, text);
  console.log(`visualizations/${name}`);
}
