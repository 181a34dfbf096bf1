import * as v from 'valibot';
import {
  type UiCheck,
  type UiExplanation,
  type UiRestart,
  type UiState,
  type UiTag,
  uiTags,
} from '../../electron/bridge.ts';

/**
 * What the main process may say to a page. Only what is named here goes on to the page, whatever else was sent; a preload
 * may be bundled into an app and older than its main process, so tags that it does not know are left out.
 */
const isTag = (tag: string): tag is UiTag => uiTags.some(known => known === tag);
const outcome = v.object({ outcome: v.string(), version: v.nullable(v.string()) });

export const uiState = v.object({
  seq: v.pipe(v.number(), v.safeInteger()),
  tags: v.pipe(
    v.array(v.string()),
    v.transform(tags => tags.filter(isTag)),
  ),
  running: v.nullable(
    v.object({ version: v.string(), role: v.picklist(['pinned', 'override', 'previous', 'bundled']) }),
  ),
  staged: v.nullable(v.object({ version: v.string() })),
  progress: v.nullable(
    v.object({
      version: v.string(),
      phase: v.string(),
      bytes: v.number(),
      totalBytes: v.nullable(v.number()),
    }),
  ),
  rolledBack: v.nullable(
    v.object({ version: v.string(), running: v.nullable(v.string()), reason: v.string() }),
  ),
  outgrown: v.nullable(v.object({ version: v.string(), needs: v.string(), shell: v.string() })),
  waitingFor: v.array(v.string()),
}) satisfies v.GenericSchema<unknown, UiState>;

export const uiCheck = outcome satisfies v.GenericSchema<unknown, UiCheck>;
export const uiRestart = outcome satisfies v.GenericSchema<unknown, UiRestart>;

export const uiExplanation = v.object({
  running: v.nullable(v.string()),
  lines: v.array(v.string()),
}) satisfies v.GenericSchema<unknown, UiExplanation>;

export const answer = v.variant('ok', [
  v.object({ ok: v.literal(true), value: v.unknown() }),
  v.object({ ok: v.literal(false), error: v.object({ code: v.string(), message: v.string() }) }),
]);
