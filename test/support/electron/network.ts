import type { Net, Session } from 'electron';
import { type StandIn, standIn } from './agreement.ts';

type NetMembers = { isOnline(): boolean };
type SessionMembers = { resolveProxy(url: string): Promise<string> };

export type NetworkDouble = {
  readonly net: StandIn<Net, NetMembers>;
  readonly defaultSession: StandIn<Session, SessionMembers>;
  readonly goOffline: () => void;
  readonly goOnline: () => void;
  /** What is answered from now on, in the form of a PAC file: `DIRECT`, `PROXY host:port`. */
  readonly useProxy: (answer: string) => void;
  /** The addresses that a proxy was asked for. */
  readonly askedFor: readonly string[];
};

export const createNetwork = (proxy = 'DIRECT'): NetworkDouble => {
  let online = true;
  let answer = proxy;
  const askedFor: string[] = [];
  const netMembers: NetMembers = { isOnline: () => online };
  const sessionMembers: SessionMembers = {
    resolveProxy: async url => {
      askedFor.push(url);
      return answer;
    },
  };
  return {
    net: standIn<Net>()({ name: 'net' }, netMembers),
    defaultSession: standIn<Session>()({ name: 'session' }, sessionMembers),
    goOffline: () => {
      online = false;
    },
    goOnline: () => {
      online = true;
    },
    useProxy: to => {
      answer = to;
    },
    askedFor,
  };
};
