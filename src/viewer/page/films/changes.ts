import type { Frame } from '../../../film/film.ts';

/** A line of a table; `before`: what stood there a step earlier, where that was something else. */
export type Line = { readonly name: string; readonly now: string; readonly before: string | null };

type Lines = Readonly<Record<string, string>>;

/** Lines with what has changed in them; what is gone is told, too. */
export const changedLines = (now: Lines, before: Lines | null): readonly Line[] => {
  const names = [...new Set([...Object.keys(now), ...Object.keys(before ?? {})])];
  return names.map(name => {
    const [current, earlier] = [now[name] ?? 'none', before?.[name] ?? null];
    const same = before === null || earlier === current || (earlier === null && current === 'none');
    return { name, now: current, before: same ? null : (earlier ?? '') };
  });
};

/** What a reader who sees nothing is told of a step. */
export const spokenFrame = (frames: readonly Frame[], at: number): string => {
  const [frame, before] = [frames[at], frames[at - 1]];
  if (frame === undefined) return '';
  const changes = changedLines(frame.disk ?? {}, before?.disk ?? null).filter(line => line.before !== null);
  const disk = changes.map(({ name, now }) => `${name}: ${now}`).join('; ');
  const window =
    before !== undefined && frame.window !== before.window ? ` The user sees: ${frame.window}` : '';
  return `Step ${at + 1} of ${frames.length}. ${frame.says}${disk === '' ? '' : ` On disk ${disk}.`}${window}`;
};
