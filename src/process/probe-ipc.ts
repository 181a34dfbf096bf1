import { type ProofContext, whenOver } from './probe-context.ts';

type Proof = { readonly type: string; readonly attempt: string; readonly version: string | undefined };

const proofIn = (message: unknown): Proof | null => {
  if (typeof message !== 'object' || message === null) return null;
  const { type, attempt, version }: Record<string, unknown> = { ...message };
  if (typeof type !== 'string' || typeof attempt !== 'string') return null;
  if (version !== undefined && typeof version !== 'string') return null;
  return { type, attempt, version };
};

/** Does the message prove health of exactly this attempt, and of this version if it names one (P-29)? */
const provesHealth = (message: unknown, type: string, { attempt, version }: ProofContext): boolean => {
  const proof = proofIn(message);
  return proof?.type === type && proof.attempt === attempt && (proof.version ?? version) === version;
};

/** Listens for `stagedoor.heartbeat` until the probe is over. */
export const onHeartbeat = (context: ProofContext, beat: () => void): void => {
  const { child, signal } = context;
  const detach = child.onMessage(message => {
    if (provesHealth(message, 'stagedoor.heartbeat', context)) beat();
  });
  whenOver(signal, detach);
};

/** Ready when the child says `stagedoor.ready` over IPC. */
export const provenByIpc = (context: ProofContext): Promise<void> =>
  new Promise(resolve => {
    const { child, signal } = context;
    const detach = child.onMessage(message => {
      if (provesHealth(message, 'stagedoor.ready', context)) resolve();
    });
    whenOver(signal, detach);
  });
