/**
 * `npm run demo`: a runtime is updated, breaks, is rolled back and heals, with small runtimes on loopback.
 * `npm run demo -- kanban`: the same with a real package.
 */
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { kanbanWorld } from './kanban-world.ts';
import { littleWorld } from './little-world.ts';
import { createStage } from './stage.ts';
import { tell } from './story.ts';
import { DemoError, type World } from './world.ts';

const worlds: Readonly<Record<string, (folder: string) => Promise<World>>> = {
  little: littleWorld,
  kanban: kanbanWorld,
};

const play = async (open: (folder: string) => Promise<World>, signal: AbortSignal): Promise<void> => {
  const began = performance.now();
  const stage = createStage(process.stdout);
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'stagedoor-demo-')));
  try {
    const world = await open(folder);
    try {
      stage.title(world.name, world.subtitle);
      await tell(world, stage, signal);
    } finally {
      await world.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  if (existsSync(folder)) throw new DemoError(`${folder} was left behind`);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  stage.end(`Every step happened as told, in ${seconds} s; nothing is left behind.`);
};

const main = async (): Promise<number> => {
  const [name = 'little', ...rest] = process.argv.slice(2);
  const open = Object.hasOwn(worlds, name) && rest.length === 0 ? worlds[name] : undefined;
  if (open === undefined) {
    process.stderr.write('usage: npm run demo [-- kanban]\n');
    return 2;
  }
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort(new DemoError('interrupted'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    await play(open, interruption.signal);
    return 0;
  } catch (error) {
    process.stderr.write(`\ndemo: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
};

process.exitCode = await main();
