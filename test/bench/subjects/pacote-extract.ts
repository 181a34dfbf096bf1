import path from 'node:path';
import type { UpdateInput } from '../rows/update.ts';
import { peakMegabytes, subject, warm, watchLoop } from './subject.ts';

/** The yardstick: nothing but pacote. An app that uses it loads it when it needs it, so the import is watched too. */
await subject(async (input: UpdateInput) => {
  const options = {
    registry: `${input.registry}/`,
    cache: path.join(input.folder, 'cache'),
    preferOnline: true,
  };
  const spec = `${input.name}@latest`;
  if (input.warm) {
    const { default: pacote } = await import('pacote');
    await pacote.manifest(spec, options);
    await warm();
  }
  // A warm process is timed only: the watch itself costs a little.
  const loop = input.warm ? null : watchLoop();
  const begun = performance.now();
  const { default: pacote } = await import('pacote');
  await pacote.extract(spec, path.join(input.folder, 'tree'), options);
  const ms = performance.now() - begun;
  return { ms, blockedMs: loop?.stop() ?? 0, megabytes: peakMegabytes() };
});
