import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

type Format = 'iife' | 'cjs';

const made = new Map<string, Promise<string>>();

const bundle = async (input: string, format: Format): Promise<string> => {
  const bundled = await rolldown({
    input: fileURLToPath(new URL(input, import.meta.url)),
    platform: 'browser',
    external: ['electron'],
    transform: { define: { 'process.env.NODE_ENV': '"development"' } },
  });
  const { output } = await bundled.generate({ format, codeSplitting: false });
  await bundled.close();
  return output[0].code;
};

const kept = (input: string, format: Format): Promise<string> => {
  const script = made.get(input) ?? bundle(input, format);
  made.set(input, script);
  return script;
};

/** A module and all that it imports as one script for a page; the place is relative to this file. */
export const scriptOf = (input: string): Promise<string> => kept(input, 'iife');

/** The same for a preload, which may require `electron`. */
export const preloadOf = (input: string): Promise<string> => kept(input, 'cjs');
