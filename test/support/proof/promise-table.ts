import { styleText } from 'node:util';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';

type Row = {
  tests: number;
  failures: number;
  skipped: number;
  milliseconds: number;
  readonly ran: Map<string, number>;
};

/** The promises in a title: what stands before its first colon. */
export const promisesOf = (title: string): string[] => {
  const claim = /^[^:]*/.exec(title)?.[0] ?? '';
  return [...new Set(claim.match(/\bP-\d\d\b/g) ?? [])];
};

const others = 'rules';

const count = (row: Row, test: TestCase): void => {
  const { state } = test.result();
  row.tests += 1;
  row.failures += state === 'failed' ? 1 : 0;
  row.skipped += state === 'skipped' ? 1 : 0;
  row.milliseconds += test.diagnostic()?.duration ?? 0;
  for (const [unit, runs] of Object.entries(test.meta().ran ?? {}))
    row.ran.set(unit, (row.ran.get(unit) ?? 0) + runs);
};

const tabulate = (modules: readonly TestModule[]): Map<string, Row> => {
  const rows = new Map<string, Row>();
  const rowOf = (name: string): Row => {
    const row = rows.get(name) ?? { tests: 0, failures: 0, skipped: 0, milliseconds: 0, ran: new Map() };
    rows.set(name, row);
    return row;
  };
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const promises = promisesOf(test.name);
      for (const name of promises.length > 0 ? promises : [others]) count(rowOf(name), test);
    }
  }
  return rows;
};

/** Numbers of a test that names several promises stand in the row of each. */
const line = (name: string, { tests, failures, skipped, milliseconds, ran }: Row): string => {
  const runs = [...ran].map(([unit, runs]) => `${runs.toLocaleString('en')} ${unit}`).join(', ');
  const noted = skipped > 0 ? [`${skipped} skipped`] : [];
  const text = [
    name.padEnd(7),
    String(tests).padStart(6),
    String(failures).padStart(9),
    (milliseconds / 1000).toFixed(1).padStart(8),
    `  ${[...noted, runs].filter(part => part !== '').join('; ')}`,
  ].join(' ');
  return failures > 0 ? styleText('red', text) : text;
};

/** What a full run must have gone through. */
const demands: Readonly<Record<string, number>> = {
  'crash states': 1_000_000,
  'real kills': 1000,
  'generated stores': 10_000,
};

/** The demands that a whole full run did not meet, each once, however many promises a test names. */
const unmet = (modules: readonly TestModule[]): string[] => {
  const total = new Map<string, number>();
  for (const test of modules.flatMap(module => [...module.children.allTests()])) {
    for (const [unit, runs] of Object.entries(test.meta().ran ?? {}))
      total.set(unit, (total.get(unit) ?? 0) + runs);
  }
  return Object.entries(demands).flatMap(([unit, least]) => {
    const runs = total.get(unit) ?? 0;
    return runs < least
      ? [`${runs.toLocaleString('en')} ${unit}, fewer than ${least.toLocaleString('en')}`]
      : [];
  });
};

/** After a run: what was shown of each promise, and how to run the same again. */
export class PromiseTable implements Reporter {
  readonly #seed: string;
  readonly #again: string;
  readonly #full: boolean;
  #vitest: Vitest | undefined;

  constructor({ seed, full }: { readonly seed: string; readonly full: boolean }) {
    this.#seed = seed;
    this.#full = full;
    this.#again = `STAGEDOOR_SEED=${seed} npx vitest run${full ? ' --mode full' : ''}`;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  /** A part of the tests owes nothing. */
  async #isWhole(modules: readonly TestModule[]): Promise<boolean> {
    const vitest = this.#vitest;
    if (!this.#full || vitest === undefined || vitest.config.testNamePattern !== undefined) return false;
    return modules.length === (await vitest.globTestSpecifications()).length;
  }

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const rows = [...tabulate(modules)].sort(([a], [b]) => (a < b ? -1 : 1));
    const head = ['promise', ' tests', ' failures', ' seconds', '  gone through'].join(' ');
    console.log(`\n${styleText('bold', head)}\n${rows.map(([name, row]) => line(name, row)).join('\n')}`);
    console.log(`\nseed ${this.#seed}; the same again: ${this.#again} FILE -t "TITLE"`);
    for (const lack of (await this.#isWhole(modules)) ? unmet(modules) : []) {
      process.exitCode = 1;
      console.log(styleText('red', `  too little: ${lack}`));
    }
    const failed = modules.flatMap(module =>
      [...module.children.allTests('failed')].map(test => ({ module, test })),
    );
    for (const { module, test } of failed) {
      const title = test.name.replaceAll(/[^\w ,:-]/g, '.');
      console.log(styleText('red', `  ${this.#again} ${module.relativeModuleId} -t "${title}"`));
    }
  }
}
