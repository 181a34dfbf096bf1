import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../../examples/demo/free-port.ts';
import { launchWorld } from '../support/kills/launch-kills.ts';
import { withoutStrace } from '../support/kills/strace.ts';
import { startVictim } from '../support/kills/victim.ts';
import { registryForTest } from '../support/loopback.ts';
import { isFull, ran } from '../support/proof/run.ts';

const probes = ['ipc', 'http'] as const;

/** The calls of a trace that name an address of the internet family, or a socket of another program. */
const addressesIn = (trace: string): { readonly inet: string[]; readonly unix: string[] } => {
  const lines = trace.split('\n').filter(line => /\b(?:connect|sendto|sendmsg|bind)\(/.test(line));
  return {
    inet: lines.flatMap(line => /sa_family=AF_INET6?\b.*\}/.exec(line)?.slice(0, 1) ?? []),
    unix: lines.flatMap(line => /sun_path=(@?"[^"]*")/.exec(line)?.slice(1, 2) ?? []),
  };
};

test.for(isFull ? probes : probes.slice(1))(
  'P-40: a launch with the probe %s does no network I/O but that of its probe',
  async (probe, { task, skip }) => {
    const why = withoutStrace();
    if (why !== null) console.log(`skipped: ${why}`);
    skip(why !== null, why ?? '');
    const registry = await registryForTest();
    const { options, dir } = await launchWorld({});
    const port = await freePort();
    const log = path.join(dir, 'trace');
    const shell = startVictim(
      'launch-steps',
      {
        killAt: 0,
        options: {
          ...options,
          registry: registry.url,
          probe: probe === 'ipc' ? 'ipc' : `http://127.0.0.1:${port}/`,
          args: ['--port', String(port)],
        },
      },
      { wrapper: ['strace', '-f', '-qq', '-s', '200', '-o', log, '-e', 'trace=network'] },
    );
    expect(await shell.ended, shell.stderr()).toMatchObject({ code: 0 });
    expect(shell.said.at(-1)?.line).toMatchObject({ outcome: 'running' });
    const { inet, unix } = addressesIn(readFileSync(log, 'utf8'));
    // The runtime listens there; with the HTTP probe the launcher asks there.
    expect(inet.length).toBeGreaterThan(0);
    for (const address of inet) {
      expect(address).toContain(`htons(${port})`);
      expect(address).toContain('inet_addr("127.0.0.1")');
    }
    // The locks of the store.
    expect(unix.length).toBeGreaterThan(0);
    for (const address of unix) expect(address).toMatch(/^@"stagedoor-/);
    expect(registry.requests).toEqual([]);
    ran({ task }, 1, 'launches');
  },
);
