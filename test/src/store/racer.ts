/** A process of its own that works on a store until told to stop: `racer.js ROOT VERSION ROUNDS`. */
import { markBad } from '#src/store/bad-versions.js';
import { nodeFileSystem as fs } from '#src/store/file-system.js';
import { storeLayout } from '#src/store/layout.js';
import { commitPointer } from '#src/store/pointer.js';

const [, , root = '', version = '', rounds = '0'] = process.argv;
const layout = storeLayout(root);
const seqs: number[] = [];
for (let round = 0; round < Number(rounds); round += 1) {
  const { seq } = await commitPointer(fs, layout, { version, tree: null });
  seqs.push(seq);
}
const mark = {
  version,
  integrity: null,
  abi: '',
  shellVersion: '',
  cause: 'ROLLED_BACK',
  reason: 'race',
} as const;
await markBad(fs, layout, { ...mark, weight: 'bad' }, new Date(0));
process.stdout.write(JSON.stringify(seqs));
