/** Works through a list with a few pieces at a time; stops to begin new ones when `enough` says so. */
export const inLanes = async <Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item, at: number) => Promise<void>,
  enough: () => boolean = () => false,
): Promise<void> => {
  const waiting = [...items.entries()];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !enough(); next = waiting.shift())
      await work(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: width }, lane));
};
