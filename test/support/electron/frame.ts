import type { WebContents, WebFrameMain } from 'electron';
import { createDocument, type DocumentDouble } from './document.ts';
import type { IpcDouble } from './ipc.ts';
import { originOf } from './origin.ts';

/** A frame of a page, in which documents come and go. */
export type FrameDouble = {
  readonly document: () => DocumentDouble;
  /** Commits another document here: the one before is gone, its frames with it. */
  readonly navigate: (url: string) => DocumentDouble;
  /** An `<iframe>` in the document; `sandboxed` ones have no origin. */
  readonly addFrame: (url: string, options?: FrameOptions) => FrameDouble;
  readonly remove: () => void;
  /** The renderer process dies. */
  readonly crash: () => void;
};

export type FrameOptions = { readonly name?: string; readonly sandboxed?: boolean };

/** What all frames of all windows share. */
export type FrameWorld = {
  readonly ipc: IpcDouble;
  readonly standardSchemes: ReadonlySet<string>;
  /** Counts processes, frames and routes. */
  readonly nextId: () => number;
};

type Parent = { readonly document: () => DocumentDouble; readonly leave: () => void };

export const createFrame = (
  world: FrameWorld,
  contents: () => WebContents,
  started: (document: DocumentDouble) => void,
  parent: Parent | null = null,
  { name = '', sandboxed = false }: FrameOptions = {},
): FrameDouble => {
  const { ipc, nextId, standardSchemes } = world;
  const children = new Set<FrameDouble>();
  const frameTreeNodeId = nextId();
  const top = (): WebFrameMain => parent?.document().frame.top ?? current.frame;
  const place = {
    name,
    frameTreeNodeId,
    parent: () => parent?.document().frame ?? null,
    top,
    children: () => [...children].map(child => child.document().frame),
  };
  const originIn = (url: string): string =>
    sandboxed ? 'null' : originOf(url, parent?.document().origin ?? 'null', standardSchemes);
  const load = (url: string): ReturnType<typeof createDocument> => {
    const processId = nextId();
    const routingId = nextId();
    return createDocument({
      url,
      origin: originIn(url),
      place,
      processId,
      routingId,
      invoke: (document, channel, args) => {
        const frame = (): WebFrameMain | null => (document.isGone() ? null : document.frame);
        return ipc.invoke({ contents: contents(), frame, frameId: routingId, processId }, channel, args);
      },
    });
  };
  const end = (how: 'detached' | 'crashed'): void => {
    for (const child of children) child.remove();
    current.end(how);
  };
  let current = load('');
  const self: FrameDouble = {
    document: () => current,
    navigate: url => {
      end('detached');
      current = load(url);
      started(current);
      return current;
    },
    addFrame: (url, options) => {
      const leave = (): void => void children.delete(child);
      const child = createFrame(world, contents, started, { document: self.document, leave }, options);
      children.add(child);
      child.navigate(url);
      return child;
    },
    remove: () => {
      end('detached');
      parent?.leave();
    },
    crash: () => end('crashed'),
  };
  return self;
};
