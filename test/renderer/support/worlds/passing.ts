/**
 * Electron's context bridge between two worlds of one page, as its source has it
 * (`shell/renderer/api/electron_api_context_bridge.cc`): plain objects and arrays are copied key by key, functions and promises
 * stand in for the ones on the other side, of an error only the message is kept, anything else is cloned. The worlds share
 * nothing but the document: what goes over is the detail of an event, which the browser itself clones.
 */
type Passed =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'function' | 'promise'; readonly id: number }
  | { readonly kind: 'array'; readonly items: readonly Passed[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Passed])[] };

type Call = { readonly to: number; readonly args: readonly Passed[] };
type Reply = { readonly threw: string } | { readonly returned: Passed };
type Anything = (...args: unknown[]) => unknown;

export type Side = {
  readonly pass: (value: unknown) => Passed;
  readonly receive: (passed: Passed) => unknown;
};

const deepest = 1000;
const unknownException =
  'An unknown exception occurred in the isolated context, an error occurred but a valid exception was not thrown.';

const isPlain = (value: object): boolean =>
  Object.prototype.toString.call(value) === '[object Object]' || Object.getPrototypeOf(value) === null;

const messageOf = (thrown: unknown): string => {
  const message =
    typeof thrown === 'object' && thrown !== null ? (thrown as { message?: unknown }).message : null;
  return typeof message === 'string' ? message : unknownException;
};

const send = (name: string, detail: unknown): void => {
  document.dispatchEvent(new CustomEvent(name, { detail }));
};

/** One side of the bridge, under the names that the two sides share. */
export const createSide = (own: string, other: string): Side => {
  const kept: unknown[] = [];
  const keep = (value: unknown): number => kept.push(value) - 1;
  let reply: Reply | null = null;

  const pass = (value: unknown, depth = 0): Passed => {
    if (depth >= deepest) throw new TypeError('Electron contextBridge recursion depth exceeded.');
    if (typeof value === 'function') return { kind: 'function', id: keep(value) };
    if (typeof value !== 'object' || value === null) return { kind: 'value', value };
    if (value instanceof Promise) return { kind: 'promise', id: keep(value) };
    if (value instanceof Error) return { kind: 'error', message: messageOf(value) };
    if (Array.isArray(value)) return { kind: 'array', items: value.map(each => pass(each, depth + 1)) };
    if (!isPlain(value)) return { kind: 'value', value: structuredClone(value) };
    return {
      kind: 'object',
      entries: Object.entries(value).map(([key, each]) => [key, pass(each, depth + 1)] as const),
    };
  };

  const call = (to: number, args: readonly unknown[]): unknown => {
    reply = null;
    send(`${other} call`, { to, args: args.map(each => pass(each)) } satisfies Call);
    // The listener on the other side has run: events of the document are synchronous.
    const got = reply as Reply | null;
    if (got === null) throw new Error('the other world did not answer');
    if ('threw' in got) throw new Error(got.threw);
    return receive(got.returned);
  };

  const receive = (passed: Passed): unknown => {
    if (passed.kind === 'value') return passed.value;
    if (passed.kind === 'error') return new Error(passed.message);
    if (passed.kind === 'array') return passed.items.map(receive);
    if (passed.kind === 'object')
      return Object.fromEntries(passed.entries.map(([key, each]) => [key, receive(each)]));
    if (passed.kind === 'function') return (...args: unknown[]) => call(passed.id, args);
    return new Promise((resolve, reject) => call(passed.id, [resolve, reject]));
  };

  const run = ({ to, args }: Call): Reply => {
    const target = kept[to];
    const given = args.map(receive);
    try {
      if (!(target instanceof Promise)) return { returned: pass((target as Anything)(...given)) };
      const [resolve, reject] = given as [Anything, Anything];
      target.then(resolve, reject);
      return { returned: pass(undefined) };
    } catch (thrown) {
      return { threw: messageOf(thrown) };
    }
  };

  document.addEventListener(`${own} call`, event => {
    send(`${other} reply`, run((event as CustomEvent<Call>).detail));
  });
  document.addEventListener(`${own} reply`, event => {
    reply = (event as CustomEvent<Reply>).detail;
  });
  return { pass, receive };
};

/** What is exposed can't be changed, at any depth. */
export const frozen = (value: unknown): unknown => {
  if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) frozen(each);
  return Object.freeze(value);
};
