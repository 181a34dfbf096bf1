import type { PluginCommit, PluginDraft, PluginOutcome, PluginPlan, PluginWish } from '../contract.ts';
import { failureOf } from '../failure.ts';
import type { PluginInstallContext } from './vocabulary.ts';

type Scope = { readonly context: PluginInstallContext };

export const wishOf = ({ context: { wish } }: Scope): PluginWish => wish;
export const planOf = ({ context: { plan } }: Scope): PluginPlan => plan;
export const draftOf = ({ context: { plan, shared } }: Scope): PluginDraft => ({ plan, shared });
export const commitOf = ({ context: { plan, shared, tree, stripped } }: Scope): PluginCommit => ({
  plan,
  shared,
  verified: { tree, stripped },
});

/** What is planned before anything is known. */
export const unresolved = (wish: PluginWish): PluginPlan => ({
  wish,
  version: '',
  packages: [],
  demands: [],
  scratch: '',
  present: false,
});

export const outcomeOf = (kind: PluginOutcome['kind'], context: PluginInstallContext): PluginOutcome => {
  const { plan, shared, conflicts, stripped, former, fault } = context;
  const { version } = plan;
  switch (kind) {
    case 'installed':
      return { kind, version, replaced: former, shared, stripped };
    case 'present':
      return { kind, version, shared };
    case 'refused':
      return { kind, version, conflicts };
    case 'removed':
      return { kind, version: former ?? '' };
    case 'failed':
      return { kind, failure: fault ?? failureOf(null) };
    case 'absent':
    case 'cancelled':
      return { kind };
  }
};
