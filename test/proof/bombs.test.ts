import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';
import { startServer } from '../support/hostile/answering.ts';
import { type Bomb, bombs, name, packageOf } from '../support/hostile/bombs.ts';
import { registryForTest } from '../support/loopback.ts';
import { ran, share } from '../support/proof/run.ts';

const program = path.resolve(import.meta.dirname, '../fixtures/registry/update.mjs');
const megabyte = 1024;

type Run = {
  readonly outcome: { readonly outcome: string; readonly error?: { readonly code: string } };
  readonly peak: number;
};

/** A server in front of a registry that answers some requests with a bomb. */
const serve = async (bomb: Bomb): Promise<{ readonly url: string; asked(): number }> => {
  const registry = await registryForTest();
  const front = await startServer(async (request, response) => {
    const own = request.url?.endsWith('.tgz') === true ? bomb.onTarball : bomb.onDocument;
    if (own !== undefined) {
      own(response);
      return;
    }
    const answer = await fetch(new URL(request.url ?? '', registry.url));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  const url = `http://127.0.0.1:${front.port}`;
  registry.publish(packageOf(bomb), { tarballUrl: `${url}/${name}/-/${name}-1.2.0.tgz` });
  return { url, asked: () => front.requests.length };
};

/** One update in a process of its own: what it came to, and the most memory it took. */
const update = async (bomb: Bomb): Promise<Run & { readonly asked: number; readonly store: string }> => {
  const { url, asked } = await serve(bomb);
  const store = path.join(temporaryFolder('stagedoor-bomb'), 'store');
  const limits = { retries: 0, ...bomb.limits };
  const shell = { shellName: 'my-app', shellVersion: '1.0.0' };
  const options = JSON.stringify({ package: name, registry: url, store, updates: false, limits, ...shell });
  const { stdout } = await promisify(execFile)(process.execPath, [program, options]);
  return { ...(JSON.parse(stdout) as Run), asked: asked(), store };
};

const noPeak = !existsSync('/proc/self/status');
if (noPeak) console.log('skipped: "P-22: no bomb takes 150 MB more than a good package", which needs /proc');

test.skipIf(noPeak)(
  'P-22: no bomb takes 150 MB more than a good package does, and each ends with its code',
  async context => {
    const good = await update({ what: 'a good package', ends: 'staged' });
    expect(good.outcome).toMatchObject({ outcome: 'staged' });
    const tried = bombs.slice(0, share(2, bombs.length));
    const more: Record<string, number> = {};
    for (const bomb of tried) {
      const { outcome, peak, asked, store } = await update(bomb);
      more[bomb.what] = Math.round((peak - good.peak) / megabyte);
      expect({ [bomb.what]: outcome.error?.code ?? outcome.outcome }).toEqual({ [bomb.what]: bomb.ends });
      expect(more[bomb.what], `MB more for ${bomb.what}`).toBeLessThanOrEqual(150);
      expect(asked, `requests for ${bomb.what}`).toBeLessThanOrEqual(25);
      const versions = path.join(store, 'versions');
      const left = existsSync(versions) ? readdirSync(versions) : [];
      expect(left, bomb.what).toEqual(bomb.ends === 'staged' ? ['1.2.0'] : []);
    }
    console.log(
      `MB beyond the ${Math.round(good.peak / megabyte)} of a good package: ${JSON.stringify(more)}`,
    );
    ran(context, tried.length, 'bombs');
  },
);
