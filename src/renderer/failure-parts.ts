/** What an error of a bridge says. `code` is null for an error that bears none. */
export type FailureParts = { readonly code: string | null; readonly message: string };

/**
 * Takes an error of `window.stagedoor` apart. Electron's context bridge keeps only the message of an error, so the code stands
 * before it: `REGISTRY_UNREACHABLE: no answer`, or `TypeError: …` for a wrong argument.
 */
export const failureParts = (error: unknown): FailureParts => {
  const text = error instanceof Error ? error.message : String(error);
  const found = /^(TypeError|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*): (.*)$/s.exec(text);
  return found === null ? { code: null, message: text } : { code: found[1] ?? null, message: found[2] ?? '' };
};
