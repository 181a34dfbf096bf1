// Writes dist/config.schema.json from the schema that the command line itself uses. Part of the build.
import { writeFileSync } from 'node:fs';
import { toJsonSchema } from '@valibot/to-json-schema';
import { configSchema } from '#src/cli/config-file.js';

const schema = {
  title: 'stagedoor.config.json',
  ...toJsonSchema(configSchema),
};
const target = new URL('../dist/config.schema.json', import.meta.url);
writeFileSync(target, `${JSON.stringify(schema, null, 2)}\n`);
