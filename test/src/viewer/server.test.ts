import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ask, lineOf, listenTo, page, tellTo, viewerForTest } from './viewer-client.ts';

describe('who is answered', () => {
  test('viewer: whoever has the address gets the page and what it is given', async () => {
    const { address } = await viewerForTest();
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/);
    expect(await ask(address)).toMatchObject({ status: 200, text: page });
    const given = await ask(address, { path: 'given' });
    expect(given).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(given.text)).toEqual({ journal: null, live: true });
  });

  test('viewer: each address has a token of its own, and without it there is nothing', async () => {
    const [one, other] = [await viewerForTest(), await viewerForTest()];
    const tokenOf = (address: string): string => new URL(address).pathname;
    expect(tokenOf(one.address)).not.toBe(tokenOf(other.address));
    const wrong = new URL(tokenOf(other.address), one.address).href;
    for (const path of ['', 'given', 'live'])
      expect(await ask(wrong, { path }), path).toMatchObject({ status: 404, text: '' });
    expect(await ask(wrong, { method: 'POST', body: `${lineOf(1)}\n` })).toMatchObject({ status: 404 });
    for (const path of ['/', '//', '/favicon.ico', '/given', 'nowhere', 'given/', 'constructor', '../'])
      expect(await ask(one.address, { path }), path).toMatchObject({ status: 404, text: '' });
  });

  test('viewer: another name for this machine is refused, and so is the script of another site', async () => {
    const { address } = await viewerForTest();
    const { port } = new URL(address);
    const answers = async (headers: Record<string, string>) => (await ask(address, { headers })).status;
    for (const host of [`localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`])
      expect(await answers({ host }), host).toBe(200);
    expect(await answers({ host: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}` })).toBe(200);
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      '127.0.0.1:1',
      `0.0.0.0:${port}`,
    ])
      expect(await answers({ host }), host).toBe(403);
    for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:1`])
      expect(await answers({ origin }), origin).toBe(403);
  });

  test('viewer: each place knows its methods and no others', async () => {
    const { address } = await viewerForTest();
    const asked = [
      ['', 'PUT', 'GET, POST'],
      ['', 'OPTIONS', 'GET, POST'],
      ['given', 'POST', 'GET'],
      ['live', 'POST', 'GET'],
      ['given', 'DELETE', 'GET'],
    ] as const;
    for (const [path, method, allow] of asked)
      expect(await ask(address, { path, method }), `${method} ${path}`).toMatchObject({
        status: 405,
        headers: { allow },
      });
  });

  test('viewer: nothing is kept, framed, guessed or shared, and the page runs its own scripts alone', async () => {
    const { address } = await viewerForTest();
    const { headers } = await ask(address);
    const [, script = ''] = /<script>(.*)<\/script>/.exec(page) ?? [];
    const hash = createHash('sha256').update(script).digest('base64');
    expect(headers['content-security-policy']).toContain(`script-src 'sha256-${hash}';`);
    for (const path of ['', 'given', 'nowhere']) {
      const answer = await ask(address, { path, headers: { origin: new URL(address).origin } });
      expect(answer.headers, path).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringMatching(/^default-src 'none'; .*frame-ancestors 'none'$/),
      });
      expect(Object.keys(answer.headers).filter(name => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  test('viewer: what is no HTTP is cut off, and the others are answered', async () => {
    const { address } = await viewerForTest();
    const socket = connect(Number(new URL(address).port), '127.0.0.1');
    socket.on('error', () => undefined);
    const closed = new Promise(resolve => socket.on('close', resolve));
    socket.resume().write(`\u0000\u0001 no HTTP\r\n\r\n`);
    await closed;
    expect(await ask(address)).toMatchObject({ status: 200 });
  });
});

describe('what processes tell', () => {
  test('viewer: a page that comes later gets the beginning, in order, then each new line', async () => {
    const { address } = await viewerForTest();
    const early = await listenTo(address);
    expect(early.status).toBe(200);
    const process = tellTo(address);
    process.write(`${lineOf(1, { package: 'app', event: 'process.began' })}\n${lineOf(2)}\n`);
    await early.until(({ lines }) => lines.length === 2);
    const late = await listenTo(address);
    await late.until(({ lines }) => lines.length === 2);
    process.write(`${lineOf(3)}\n`);
    await late.until(({ lines }) => lines.length === 3);
    process.end();
    expect(await process.status).toBe(204);
    await late.until(({ states }) => states.some(state => state.includes('ended')));
    expect(late.lines().map(line => JSON.parse(line))).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 3 }]);
    expect(early.states()).toEqual([
      { state: 'waiting', process: null },
      { state: 'connected', process: 'app, process 7' },
      { state: 'ended', process: 'app, process 7' },
    ]);
    expect(late.states()[0]).toEqual({ state: 'connected', process: 'app, process 7' });
  });

  test('viewer: a page that connects again gets everything again', async () => {
    const { address } = await viewerForTest();
    const process = tellTo(address);
    const first = await listenTo(address);
    process.write(`${lineOf(1)}\n${lineOf(2)}\n`);
    await first.until(({ lines }) => lines.length === 2);
    first.leave();
    process.write(`${lineOf(3)}\n`);
    const again = await listenTo(address);
    await again.until(({ lines }) => lines.length === 3);
    expect(again.lines()).toEqual([lineOf(1), lineOf(2), lineOf(3)]);
  });

  test('viewer: of several processes the newest is named, all are heard, and a process that tells again is not', async () => {
    const { address } = await viewerForTest();
    const heard = await listenTo(address);
    const [one, other] = [tellTo(address), tellTo(address)];
    one.write(`${lineOf(1)}\n`);
    await heard.until(({ lines }) => lines.length === 1);
    other.write(`${lineOf(1, { run: 'b', pid: 8 })}\n`);
    await heard.until(({ lines }) => lines.length === 2);
    one.write(`${lineOf(2)}\n`);
    await heard.until(({ lines }) => lines.length === 3);
    other.kill();
    await heard.until(({ states }) => states.length === 4);
    one.kill();
    await heard.until(({ states }) => states.length === 5);
    const again = tellTo(address);
    again.write(`${lineOf(1)}\n${lineOf(2)}\n${lineOf(3)}\n`);
    await heard.until(({ lines }) => lines.length === 4);
    expect(heard.lines().map(line => [JSON.parse(line).run, JSON.parse(line).seq])).toEqual([
      ['a', 1],
      ['b', 1],
      ['a', 2],
      ['a', 3],
    ]);
    expect(heard.states()).toEqual([
      { state: 'waiting', process: null },
      { state: 'connected', process: 'process 7' },
      { state: 'connected', process: 'process 8' },
      { state: 'connected', process: 'process 7' },
      { state: 'ended', process: 'process 7' },
      { state: 'connected', process: 'process 7' },
    ]);
  });

  test('viewer: junk and lines that are too long are left out, also in pieces, and what follows is heard', async () => {
    const { address } = await viewerForTest();
    const heard = await listenTo(address);
    const process = tellTo(address);
    const long = lineOf(1, { text: 'x'.repeat(300_000) });
    process.write(`no JSON\n[]\nnull\n7\n{"event":7}\n\n\r\n${'['.repeat(100_000)}\n`);
    for (let at = 0; at < long.length; at += 50_000) process.write(long.slice(at, at + 50_000));
    process.write(`\n${long}\n{"event":"split",\r"a":1}\n`);
    process.write(lineOf(2).slice(0, 20));
    process.write(`${lineOf(2).slice(20)}\n`);
    await heard.until(({ lines }) => lines.length === 2);
    expect(heard.lines()).toEqual(['{"event":"split", "a":1}', lineOf(2)]);
  });

  test('viewer: a process without end is kept in bounds: the oldest lines go first', async () => {
    const { address } = await viewerForTest();
    const process = tellTo(address);
    const text = 'x'.repeat(10_000);
    for (let seq = 1; seq <= 1000; seq += 1) process.write(`${lineOf(seq, { text })}\n`);
    process.end();
    expect(await process.status).toBe(204);
    const heard = await listenTo(address);
    await heard.until(({ lines }) => lines.at(-1) === lineOf(1000, { text }));
    const kept = heard.lines();
    expect(kept.join('').length).toBeLessThanOrEqual(4 << 20);
    expect(kept.length).toBeGreaterThan(300);
    expect(kept.map(line => JSON.parse(line).seq)).toEqual(kept.map((_, at) => 1001 - kept.length + at));
  });

  test('viewer: a page that does not read holds nothing up, and reads on where it stopped', async () => {
    const { address } = await viewerForTest();
    const slow = await listenTo(address);
    slow.pause();
    const heard = await listenTo(address);
    const process = tellTo(address);
    const text = 'x'.repeat(10_000);
    for (let seq = 1; seq <= 300; seq += 1) process.write(`${lineOf(seq, { text })}\n`);
    await heard.until(({ lines }) => lines.length === 300);
    slow.resume();
    await slow.until(({ lines }) => lines.length === 300);
    expect(slow.lines()).toEqual(heard.lines());
  });

  test('viewer: whoever tells nothing that can be read is cut off, and there are never too many', async () => {
    const { address } = await viewerForTest({ silenceMs: 50 });
    const silent = tellTo(address);
    silent.write('junk\n');
    expect(await silent.status).toBeNull();
    const { address: other } = await viewerForTest();
    const pages = await Promise.all(Array.from({ length: 16 }, () => listenTo(other)));
    expect(pages.map(({ status }) => status)).toEqual(pages.map(() => 200));
    expect(await ask(other, { path: 'live' })).toMatchObject({ status: 503 });
    pages[0]?.leave();
    const told = Array.from({ length: 16 }, () => tellTo(other));
    for (const [at, process] of told.entries()) process.write(`${lineOf(1, { run: String(at) })}\n`);
    await pages[1]?.until(({ lines }) => lines.length === 16);
    const tooMany = tellTo(other);
    tooMany.write(`${lineOf(1, { run: 'z' })}\n`);
    expect(await tooMany.status).toBe(503);
  });
});

describe('a journal', () => {
  test('viewer: a journal is given as it is, and then nobody is followed', async () => {
    const files = [
      { name: 'journal.1.jsonl', text: 'cut {' },
      { name: 'journal.jsonl', text: '</script>\u2028\n' },
    ];
    const { address } = await viewerForTest({ journal: files });
    const given = await ask(address, { path: 'given' });
    expect(JSON.parse(given.text)).toEqual({ journal: { files }, live: false });
    expect(await ask(address, { path: 'live' })).toMatchObject({ status: 404 });
    expect(await ask(address, { method: 'POST' })).toMatchObject({ status: 405, headers: { allow: 'GET' } });
  });
});
