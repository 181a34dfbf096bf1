/** Listeners by event name. `on` gives back what detaches that very listener (L-09). */
export type Emitter<Events> = {
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void;
  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void;
};

export const createEmitter = <Events>(): Emitter<Events> => {
  const listeners: { [Name in keyof Events]?: Set<(event: Events[Name]) => void> } = {};
  return {
    on: (name, listener) => {
      const own = listeners[name] ?? new Set();
      listeners[name] = own;
      own.add(listener);
      return () => own.delete(listener);
    },
    emit: (name, event) => {
      for (const listener of [...(listeners[name] ?? [])]) {
        try {
          listener(event);
        } catch (error) {
          // A throwing listener must not wedge the chart that emits; its defect surfaces where it belongs.
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  };
};
