import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');

test('the package holds a JSON schema of the config file that knows every option and refuses the rest', () => {
  execFileSync(process.execPath, [path.join(root, 'scripts/config-schema.mjs')]);
  const schema: unknown = JSON.parse(readFileSync(path.join(root, 'dist/config.schema.json'), 'utf8'));
  const key = expect.objectContaining({ description: expect.any(String) });
  const keys =
    'package channel registry store bundled entry native exec probe probeTimeout json updates'.split(' ');
  expect(schema).toMatchObject({
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(keys.map(name => [name, key])),
  });
});
