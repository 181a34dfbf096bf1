import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const made = new Map<string, Promise<string>>();

const bundle = async (input: string): Promise<string> => {
  const bundled = await rolldown({
    input: fileURLToPath(new URL(input, import.meta.url)),
    platform: 'browser',
    transform: { define: { 'process.env.NODE_ENV': '"development"' } },
  });
  const { output } = await bundled.generate({ format: 'iife', codeSplitting: false });
  await bundled.close();
  return output[0].code;
};

/** A module and all that it imports as one script for a page; the place is relative to this file. */
export const scriptOf = (input: string): Promise<string> => {
  const script = made.get(input) ?? bundle(input);
  made.set(input, script);
  return script;
};
