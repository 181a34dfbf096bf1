import { diskFailure, errnoOf, StagedoorError } from '../failure.ts';
import type { RequestWatch } from './request-watch.ts';

type Subject = {
  readonly subject: string;
  readonly kind: 'document' | 'tarball';
  /** The document was in hand: nothing was asked, and nothing could be unreachable. */
  readonly held?: boolean;
};

const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;

/** Nothing came back, or not to its end: worth asking again soon. */
const networkFault =
  /^(E(CONN|TIME|NET|HOST|PIPE|AI_|NOTFOUND|IDLE|RESPONSE|TRANSFER|PROTO|ADDR|SOCKET|INVALIDPROXY)|UND_|CERT_|ERR_(SSL|TLS|HTTP|STREAM|SOCKET)|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|HPE_)/;

const diskFault = /^E(NOSPC|DQUOT|ROFS|ACCES|PERM|NOTDIR|ISDIR|EXIST|IO|MFILE|NFILE|NAMETOOLONG|BUSY)$/;

/** A document is stored as it arrives; `connect` may fail with the same errno, behind a firewall. */
const isDiskFault = (error: unknown, code: string): boolean =>
  diskFault.test(code) && !(error instanceof Error && 'syscall' in error && error.syscall === 'connect');

const unreachable = (subject: string, why: string, cause: unknown): StagedoorError =>
  new StagedoorError('REGISTRY_UNREACHABLE', `the registry could not be reached for ${subject} (${why})`, {
    cause,
  });

const refusals: Readonly<Record<number, string>> = {
  401: 'asks for credentials',
  403: 'forbids access',
  404: 'does not know it',
};

const statusFailure = (status: number, { subject, kind }: Subject, cause: unknown): StagedoorError => {
  if (kind === 'tarball' && (status === 404 || status === 410)) {
    const message = `the tarball of ${subject} is not there yet (${status}): a mirror may be behind the registry`;
    return new StagedoorError('REGISTRY_UNREACHABLE', message, { cause });
  }
  if (status >= 500 || status === 408 || status === 420 || status === 429) {
    return unreachable(subject, `status ${status}`, cause);
  }
  const why = refusals[status] ?? 'refused';
  return new StagedoorError('REGISTRY_REFUSED', `the registry ${why}: ${subject} (${status})`, { cause });
};

const bodyFailure = (error: unknown, { subject, kind }: Subject): StagedoorError | null => {
  const code = errnoOf(error);
  if (code === 'EINTEGRITY' || code === 'Z_DATA_ERROR') {
    const message = `the bytes of ${subject} do not have the SHA-512 that the registry announced`;
    return new StagedoorError('INTEGRITY_MISMATCH', message, { cause: error });
  }
  if (code === 'EIDLETIMEOUT' && kind === 'tarball') {
    return new StagedoorError('DOWNLOAD_STALLED', `no more bytes of ${subject} arrive`, { cause: error });
  }
  if (code === 'ETARGET' || code === 'ENOVERSIONS' || code === 'E403') {
    return new StagedoorError('REGISTRY_REFUSED', `the registry has no such version or channel: ${subject}`, {
      cause: error,
    });
  }
  return null;
};

/** Whatever pacote rejected with, by what the watch saw: the code says who is to blame. */
export const registryFailure = (error: unknown, watch: RequestWatch, about: Subject): unknown => {
  const verdict = watch.verdict();
  if (verdict !== null) return verdict;
  if (watch.signal.aborted) return watch.signal.reason;
  if (error instanceof StagedoorError) return error;
  const body = bodyFailure(error, about);
  if (body !== null) return body;
  const status = statusOf(error);
  if (status !== undefined) return statusFailure(status, about, error);
  const code = errnoOf(error);
  if (code !== undefined && isDiskFault(error, code)) return diskFailure(error, 'use the store');
  if (code !== undefined && networkFault.test(code)) return unreachable(about.subject, code, error);
  const answer = watch.answer();
  if (answer === null && about.held !== true) return unreachable(about.subject, code ?? 'no answer', error);
  if (answer !== null && answer.status >= 400) return statusFailure(answer.status, about, error);
  const how = answer === null ? 'as it is listed' : `status ${answer.status}`;
  const message = `the registry sent no npm document for ${about.subject} (${how})`;
  return new StagedoorError('REGISTRY_MALFORMED', message, { cause: error });
};
