import type { StoreChange, StoreOrder } from '../machines/supervisor.ts';
import { verdictKey } from './launching/effects.ts';
import { type Explanation, explain } from './launching/explanation.ts';
import type { LaunchSetup } from './launching/setup.ts';
import type { ForgiveOutcome } from './stagedoor.ts';
import { forgiveVersion } from './upkeep/forgiving.ts';
import { pin, unpin } from './upkeep/pinning.ts';
import { rollback } from './upkeep/rollback.ts';
import { readStatus, type Status } from './upkeep/status.ts';

/** What a host asks of the store beside launching and updating. */
export type StoreVerbs = {
  /** Fills the slot of the supervisor chart. */
  change(order: StoreOrder): Promise<StoreChange>;
  status(): Promise<Status>;
  explain(version?: string): Promise<Explanation>;
  forgive(version: string): Promise<ForgiveOutcome>;
};

/** How far the launch has come. */
export type Now = {
  /** The version that is up. */
  running(): string | null;
  /** Something is on its way up. */
  isStarting(): boolean;
};

export const createStoreVerbs = (setup: LaunchSetup, { running, isStarting }: Now): StoreVerbs => {
  const { fs, layout } = setup;

  const rollBack = async (version: string | undefined): Promise<StoreChange> => {
    const result = await rollback(fs, layout, setup, { version, running: running() });
    if (result.outcome !== 'rolled-back') return { result, leave: false };
    // What is on its way up was chosen before the rollback, so it may be the very version to leave.
    const now = running();
    return { result, leave: now === null ? isStarting() : now === result.from };
  };

  return {
    change: async order => {
      switch (order.kind) {
        case 'rollback':
          return rollBack(order.version);
        case 'pin':
          return { result: await pin(fs, layout, setup, order.version), leave: false };
        case 'unpin':
          return { result: await unpin(fs, layout), leave: false };
      }
    },
    status: async () => readStatus(fs, layout, { ...setup, ...(await verdictKey(setup)) }),
    explain: version => explain(setup, running(), version),
    forgive: version => forgiveVersion(fs, layout, version),
  };
};
