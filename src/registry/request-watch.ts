import { AsyncLocalStorage } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { StagedoorError } from '../failure.ts';

/**
 * Pacote bounds neither the size nor the total time of an answer, follows redirects with credentials to other ports
 * of a host, and serves a stale document where the registry is gone. Node's own diagnostics channel shows each
 * request of ours, so that all of this is watched from outside, without HTTP code of our own (U-01, P-22, P-24).
 */
export type RequestWatch = {
  /** Aborted when the host cancels and when the watch has seen enough. */
  readonly signal: AbortSignal;
  /** What the watch found wrong; null where it found nothing or the host cancelled. */
  verdict(): StagedoorError | null;
  /** The last answer that arrived; null if none did. */
  answer(): Answer | null;
  /** Runs `work` under the watch and settles at once when the signal is aborted. */
  run<T>(work: () => Promise<T>): Promise<T>;
};

export type Answer = {
  readonly status: number;
  /** Bytes announced by `content-length`. */
  readonly length: number | undefined;
  readonly retryAfterMs: number | undefined;
};

export type WatchLimits = {
  /** What is being read, for messages: `the document of kanban`. */
  readonly subject: string;
  readonly kind: 'document' | 'tarball';
  readonly maxBytes: number;
  /** JSON values; undefined: the body is not JSON. */
  readonly maxValues?: number;
  readonly deadlineMs: number;
};

const current = new AsyncLocalStorage<(request: ClientRequest) => void>();
const requestStart = channel('http.client.request.start');
const isRequestMessage = (message: unknown): message is { request: ClientRequest } =>
  typeof message === 'object' && message !== null && 'request' in message;
const onRequestStart = (message: unknown): void => {
  if (isRequestMessage(message)) current.getStore()?.(message.request);
};
let watches = 0;

/** `Retry-After` in milliseconds: seconds or a date. */
export const retryAfterMs = (value: string | undefined, now: number): number | undefined => {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
};

const answerOf = (response: IncomingMessage): Answer => {
  const length = Number(response.headers['content-length']);
  return {
    status: response.statusCode ?? 0,
    length: Number.isSafeInteger(length) ? length : undefined,
    retryAfterMs: retryAfterMs(response.headers['retry-after'], Date.now()),
  };
};

const originOf = (request: ClientRequest): URL =>
  new URL(request.path, `${request.protocol}//${String(request.getHeader('host') ?? request.host)}`);

/** Credentials must not follow to another port or scheme of the same host: only another host name strips them. */
const redirectFault = (from: URL, location: string | undefined, limits: WatchLimits): string | null => {
  if (location === undefined || !URL.canParse(location, from.href)) return null;
  const to = new URL(location, from);
  if (to.origin === from.origin) return null;
  if (limits.kind === 'document') return `redirected to ${to.host}`;
  if (from.protocol === 'https:' && to.protocol !== 'https:') return `redirected to unencrypted ${to.host}`;
  return to.hostname === from.hostname ? `redirected to another port of ${to.hostname}` : null;
};

const encodingFault = (response: IncomingMessage, limits: WatchLimits): string | null => {
  const encoding = response.headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity' || limits.kind === 'tarball') return null;
  return response.statusCode === 200 ? `sent ${encoding} where plain JSON was asked for` : null;
};

/** Statuses that pacote answers with another request; of every other one it hands out the body. */
const followed: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The first thing wrong with the head of an answer. */
const headFault = (request: ClientRequest, response: IncomingMessage, limits: WatchLimits) => {
  const { status, retryAfterMs: retryMs, length } = answerOf(response);
  if (status === 429 || (status === 503 && retryMs !== undefined)) {
    const message = `the registry asked to come back later for ${limits.subject} (${status})`;
    return new StagedoorError('REGISTRY_UNREACHABLE', message, { retryAfterMs: retryMs });
  }
  const encoding = encodingFault(response, limits);
  if (encoding !== null) {
    return new StagedoorError('REGISTRY_MALFORMED', `the registry ${encoding} for ${limits.subject}`);
  }
  const redirect =
    status >= 300 && status < 400 && status !== 304
      ? redirectFault(originOf(request), response.headers.location, limits)
      : null;
  if (redirect !== null) {
    const code = limits.kind === 'document' ? 'REGISTRY_MALFORMED' : 'UNTRUSTED';
    return new StagedoorError(code, `the request for ${limits.subject} was ${redirect}`);
  }
  // pacote compares the integrity of a 200 only; anything else that carries a body would pass unchecked (P-17).
  if (limits.kind === 'tarball' && status !== 200 && status < 400 && !followed.has(status)) {
    return new StagedoorError('UNTRUSTED', `the registry sent ${limits.subject} with status ${status}`);
  }
  return length !== undefined && length > limits.maxBytes ? tooLarge(limits) : null;
};

const varying = /^(?:\*|accept(?:-\w+)?)$/;

/** What an answer is said to vary by is copied from the request into the cache on disk: never credentials (P-24). */
const keepSecretsOutOfCache = ({ headers }: IncomingMessage): void => {
  const names = headers.vary?.toLowerCase().split(/\s*,\s*/) ?? [];
  if (names.length > 0) headers.vary = names.filter(name => varying.test(name)).join(', ');
};

const tooLarge = (limits: WatchLimits): StagedoorError =>
  new StagedoorError(
    limits.kind === 'document' ? 'REGISTRY_MALFORMED' : 'DOWNLOAD_TOO_LARGE',
    `${limits.subject} is larger than ${limits.maxBytes} bytes`,
  );

/** Bytes that begin or separate values; those inside of strings count too. */
const valuesIn = (chunk: Uint8Array): number => {
  let values = 0;
  for (const byte of chunk) if (byte === 0x2c || byte === 0x5b || byte === 0x7b) values += 1;
  return values;
};

const tooMany = (limits: WatchLimits): StagedoorError =>
  new StagedoorError('REGISTRY_MALFORMED', `${limits.subject} holds more than ${limits.maxValues} values`);

const tooSlow = (limits: WatchLimits, answered: boolean): StagedoorError =>
  new StagedoorError(
    answered || limits.kind === 'tarball' ? 'DOWNLOAD_STALLED' : 'REGISTRY_UNREACHABLE',
    `${limits.subject} did not arrive within ${limits.deadlineMs} ms`,
  );

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const fail = (): void => reject(signal.reason);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });

/** A watch over all requests that `run` causes, with one deadline for them together. */
export const watchRequests = (limits: WatchLimits, host: AbortSignal): RequestWatch => {
  const enough = new AbortController();
  let verdict: StagedoorError | null = null;
  let answer: Answer | null = null;
  const stop = (fault: StagedoorError): void => {
    if (enough.signal.aborted) return;
    verdict = fault;
    enough.abort(fault);
  };
  const watchBody = (response: IncomingMessage): void => {
    let bytes = 0;
    let values = 0;
    const { maxBytes, maxValues = Number.POSITIVE_INFINITY } = limits;
    response.on('data', (chunk: Uint8Array) => {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) stop(tooLarge(limits));
      else if (limits.maxValues !== undefined) {
        values += valuesIn(chunk);
        if (values > maxValues) stop(tooMany(limits));
      }
    });
  };
  const observe = (request: ClientRequest): void => {
    request.prependOnceListener('response', (response: IncomingMessage) => {
      answer = answerOf(response);
      keepSecretsOutOfCache(response);
      const fault = headFault(request, response, limits);
      if (fault === null) watchBody(response);
      else stop(fault);
    });
  };
  const signal = AbortSignal.any([host, enough.signal]);
  return {
    signal,
    verdict: () => verdict,
    answer: () => answer,
    run: async work => {
      if (watches++ === 0) requestStart.subscribe(onRequestStart);
      const deadline = setTimeout(() => stop(tooSlow(limits, answer !== null)), limits.deadlineMs);
      try {
        return await Promise.race([current.run(observe, work), aborted(signal)]);
      } finally {
        clearTimeout(deadline);
        if (--watches === 0) requestStart.unsubscribe(onRequestStart);
      }
    },
  };
};
