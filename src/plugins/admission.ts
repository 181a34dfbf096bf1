import { isBuiltin } from 'node:module';
import type { PluginWish } from '../../machines/contract.ts';
import type { CoreLock } from '../core-lock/core-lock.ts';
import { sharedCopies } from '../core-lock/shared-copies.ts';
import { StagedoorError } from '../failure.ts';
import type { FileSystem } from '../store/file-system.ts';
import type { Layout } from '../store/layout.ts';
import { strictly } from '../store/strict-reading.ts';
import { installedPlugin } from './installed.ts';

const refusal = (message: string, hint: string): StagedoorError =>
  new StagedoorError('PACKAGE_INVALID', message, { hint });

/** Throws for a plugin that would take the name of something that belongs to the runtime, in whatever case (P-36). */
export const assertOwnName = ({ ecosystem, name }: PluginWish, lock: CoreLock): void => {
  const locked = sharedCopies(lock, ecosystem).get(name.toLowerCase());
  if (locked !== undefined) {
    const copy = `${locked.name} ${locked.version}`;
    const isAlias = locked.name.toLowerCase() !== name.toLowerCase();
    const why =
      locked.name === name || isAlias
        ? `it belongs to the runtime, which has ${copy}${isAlias ? ' under that name' : ''}`
        : `its name differs in case only from ${copy}, which belongs to the runtime`;
    throw refusal(
      `${name} can't be a plugin: ${why}`,
      'Nothing needs to be installed for it: plugins get the copy of the runtime.',
    );
  }
  if (ecosystem === 'npm' && isBuiltin(name.toLowerCase()))
    throw refusal(`${name} can't be a plugin: Node has a module of this name`, 'Name another package.');
};

/**
 * Throws where a plugin whose name differs in its case only is installed: some file systems, and people, take the two for one.
 * A damaged one has no name, and gives way.
 */
export const assertOnlySpelling = (
  fs: FileSystem,
  layout: Layout,
  { ecosystem, name }: Pick<PluginWish, 'ecosystem' | 'name'>,
): void => {
  const store = { ecosystem, name: name.toLowerCase(), layout };
  const other = installedPlugin(strictly(fs), store)?.name ?? name;
  if (other === name) return;
  throw refusal(
    `${name} can't be installed beside ${other}: their names differ in case only`,
    `Name the one that is meant, or remove the other: stagedoor plugin remove ${other}.`,
  );
};
