import { toJsonSchema } from '@valibot/to-json-schema';
import { expect, test } from 'vitest';
import { configSchema } from '#src/cli/config-file.js';

const schema = { title: 'stagedoor.config.json', ...toJsonSchema(configSchema) };

test('the published JSON schema is what the command line itself reads with (`npx vitest run -u` writes it)', async () => {
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../../src/cli/config.schema.json');
});

test('it knows every option and refuses the rest', () => {
  const key = expect.objectContaining({ description: expect.any(String) });
  const keys =
    'package channel registry store bundled entry native nativesMode exec probe probeTimeout json updates follow'.split(
      ' ',
    );
  expect(schema).toMatchObject({
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(keys.map(name => [name, key])),
  });
});
