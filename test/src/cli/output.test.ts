import { describe, expect, test } from 'vitest';
import { createOutput } from '#src/cli/output.js';
import { bytesText, momentText, oneLine } from '#src/cli/text.js';

const streams = (isTTY = false) => {
  const make = () => {
    const written: string[] = [];
    return { isTTY, written, write: (text: string | Uint8Array) => written.push(String(text)) > 0 };
  };
  return { stdout: make(), stderr: make() };
};
const problem = { code: 'DISK_FULL', blame: 'disk', message: 'no room\nleft', hint: 'Free some.' } as const;

describe('output', () => {
  test('with --json nothing but JSON lines on standard output, and nothing on standard error', () => {
    const { stdout, stderr } = streams();
    const output = createOutput({ json: true, stdout, stderr, env: {} });
    output.answer({ data: { outcome: 'ok', n: 1 }, text: () => 'fine' });
    output.event({ event: 'x' });
    output.note('for people');
    output.problem({ ...problem });
    expect(stdout.written).toEqual([
      '{"outcome":"ok","n":1}\n',
      '{"event":"x"}\n',
      '{"error":{"code":"DISK_FULL","blame":"disk","message":"no room left","hint":"Free some."}}\n',
    ]);
    expect(stderr.written).toEqual([]);
  });

  test('P-39: a failure is one line with its code, and the hint on the next', () => {
    const { stdout, stderr } = streams();
    const output = createOutput({ json: false, stdout, stderr, env: {} });
    output.problem(problem);
    output.note('for people');
    output.event({ event: 'x' });
    expect(stdout.written).toEqual([]);
    expect(stderr.written).toEqual([
      'stagedoor: DISK_FULL: no room left\nFree some.\n',
      'stagedoor: for people\n',
    ]);
  });

  test('colours are for terminals only, and never with NO_COLOR', () => {
    for (const [isTTY, env] of [
      [false, {}],
      [true, { NO_COLOR: '1' }],
      [true, { TERM: 'dumb' }],
    ] as const) {
      const { stdout, stderr } = streams(isTTY);
      createOutput({ json: false, stdout, stderr, env }).answer({
        data: { outcome: 'ok' },
        text: style => style.bad('red'),
      });
      expect(stdout.written).toEqual(['red\n']);
    }
  });
});

describe('texts', () => {
  test('bytes for people', () => {
    expect([0, 999, 1000, 1_250_000, 57_000_000_000].map(bytesText)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '1.3 MB',
      '57.0 GB',
    ]);
  });

  test('moments for people, and what is no moment as it is', () => {
    expect(momentText('2026-01-31T09:05:59.123Z')).toBe('2026-01-31 09:05 UTC');
    expect(momentText('lately')).toBe('lately');
  });

  test('the last words of a program become one line of bearable length', () => {
    expect(oneLine(' a\n  b\t c ')).toBe('a b c');
    expect(oneLine('x'.repeat(1000))).toHaveLength(300);
  });
});
