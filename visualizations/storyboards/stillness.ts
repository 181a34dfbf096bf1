const everyMs = 50;
/** From here on a tick of a probe may be so late that it counts as a suspend. */
const longMs = 200;

/** Watches whether this process itself stands still: to a probe that is a suspend, and the story another one. */
export const watchStillness = (): { readonly stoodStill: () => boolean; readonly end: () => void } => {
  let [last, longest] = [performance.now(), 0];
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - everyMs);
    last = now;
  }, everyMs);
  return { stoodStill: () => longest > longMs, end: () => clearInterval(timer) };
};
