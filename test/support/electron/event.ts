import type { Event } from 'electron';

/** An event that can be prevented, as each first argument of Electron's listeners. */
export const preventable = <Params extends object>(params: Params): Event<Params> => {
  let prevented = false;
  const event = {
    preventDefault: () => {
      prevented = true;
    },
    get defaultPrevented() {
      return prevented;
    },
  };
  return Object.defineProperties(event, Object.getOwnPropertyDescriptors(params)) as Event<Params>;
};

export const plainEvent = (): Event => preventable({});
