import { choosing } from './stories/choosing.ts';
import { crashing } from './stories/crashing.ts';
import { failing } from './stories/failing.ts';
import { nativeTrees } from './stories/native-trees.ts';
import { plugins } from './stories/plugins.ts';
import { refusing } from './stories/refusing.ts';
import { surviving } from './stories/surviving.ts';
import { updating } from './stories/updating.ts';
import type { Story } from './story.ts';

/** Every story, in the order to be read. */
export const stories: readonly Story[] = [
  ...updating,
  ...choosing,
  ...refusing,
  ...failing,
  ...crashing,
  ...surviving,
  ...nativeTrees,
  ...plugins,
];
