/** How the registry misbehaves. The rest of the answer is what it would have been. */
export type Fault =
  /** An error, or any other status. */
  | {
      readonly kind: 'status';
      readonly code: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The connection is reset before a byte of the answer. */
  | { readonly kind: 'reset' }
  /** A captive portal: 200 and a login page. */
  | { readonly kind: 'html' }
  /** The body ends early: by a broken connection, or `clean`, with headers that fit the shorter body. */
  | { readonly kind: 'cutTarball'; readonly atByte: number; readonly clean?: boolean }
  /** One bit differs, in the middle or at `atByte`; the length stays. */
  | { readonly kind: 'tamperTarball'; readonly atByte?: number }
  /** The body trickles: never silent for long, and not done for a long time. */
  | { readonly kind: 'drip'; readonly bytesPerTick: number; readonly ms: number }
  /** The request is read and never answered. */
  | { readonly kind: 'hang' }
  /** A valid document that is padded to this size; `gzip` sends it compressed a thousandfold. */
  | { readonly kind: 'hugeDocument'; readonly bytes: number; readonly gzip?: boolean }
  /** 302 to another place. */
  | { readonly kind: 'redirect'; readonly url: string }
  /** 200, `application/json`, and a body that is cut in the middle of the JSON. */
  | { readonly kind: 'notJson' }
  /** 200 and this body. */
  | { readonly kind: 'content'; readonly body: string | Buffer; readonly contentType?: string };

/** What a request is for. */
export type Subject = 'packument' | 'tarball' | 'other';

/** Which requests a fault meets. */
export type FaultMatch = {
  /** A pattern for the path, or a kind of request; default: tarballs for the faults of tarballs, documents for those of documents, else all. */
  readonly path?: RegExp | 'packument' | 'tarball';
  /** How often; default: until it is removed. Faults that wait for the same request take turns in their order. */
  readonly times?: number;
};

type ArmedFault = { readonly path: FaultMatch['path']; readonly fault: Fault; left: number };

export type FaultList = {
  /** Arms a fault; the function that comes back disarms it. */
  readonly add: (match: FaultMatch, fault: Fault) => () => void;
  readonly clear: () => void;
  /** The fault for this request, if any; it counts as used. */
  readonly take: (path: string, subject: Subject) => Fault | undefined;
};

const usualSubject: Partial<Record<Fault['kind'], 'packument' | 'tarball'>> = {
  cutTarball: 'tarball',
  tamperTarball: 'tarball',
  hugeDocument: 'packument',
  notJson: 'packument',
};

const meets = (armed: ArmedFault, path: string, subject: Subject): boolean => {
  if (armed.left <= 0) return false;
  if (armed.path === undefined) return true;
  return typeof armed.path === 'string' ? armed.path === subject : path.search(armed.path) >= 0;
};

/** Faults in the order in which they were armed. */
export const createFaultList = (): FaultList => {
  const list = new Set<ArmedFault>();
  return {
    add: ({ path, times = Number.POSITIVE_INFINITY }, fault) => {
      const armed = { path: path ?? usualSubject[fault.kind], fault, left: times };
      list.add(armed);
      return () => void list.delete(armed);
    },
    clear: () => list.clear(),
    take: (path, subject) => {
      const armed = [...list].find(one => meets(one, path, subject));
      if (armed === undefined) return undefined;
      armed.left -= 1;
      return armed.fault;
    },
  };
};
