import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Answer } from './answers.ts';
import type { Fault } from './faults.ts';

type FaultOf<Kind extends Fault['kind']> = Extract<Fault, { readonly kind: Kind }>;

const portal =
  '<!doctype html><html><head><title>Sign in</title></head><body>Accept the terms.</body></html>';
const PIECE = 64 * 1024;

/** Sends an answer as it stands. */
export const send = (response: ServerResponse, answer: Omit<Answer, 'gzipped'>): void => {
  const length = answer.status === 304 ? {} : { 'content-length': String(answer.body.length) };
  response.writeHead(answer.status, { ...answer.headers, ...length });
  response.end(answer.body);
};

/** The compressed form, where there is one and the client takes it. */
export const encoded = (answer: Answer, acceptEncoding: string | undefined): Answer =>
  answer.gzipped !== undefined && acceptEncoding?.includes('gzip') === true
    ? { ...answer, headers: { ...answer.headers, 'content-encoding': 'gzip' }, body: answer.gzipped }
    : answer;

const text = (status: number, contentType: string, body: string | Buffer): Answer => ({
  status,
  headers: { 'content-type': contentType },
  body: Buffer.from(body),
});

const cut = (response: ServerResponse, answer: Answer, atByte: number): void => {
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(answer.body.length) });
  response.write(answer.body.subarray(0, atByte), () => response.destroy());
};

const tampered = (answer: Answer, { atByte }: FaultOf<'tamperTarball'>): Answer => {
  const body = Buffer.from(answer.body);
  const at = Math.min(atByte ?? Math.floor(body.length / 2), body.length - 1);
  if (at < 0) return answer;
  body.writeUInt8(body.readUInt8(at) ^ 1, at);
  return { ...answer, body };
};

const drip = (response: ServerResponse, answer: Answer, { bytesPerTick, ms }: FaultOf<'drip'>): void => {
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(answer.body.length) });
  response.flushHeaders();
  let at = 0;
  const timer = setInterval(() => {
    response.write(answer.body.subarray(at, at + bytesPerTick));
    at += bytesPerTick;
    if (at >= answer.body.length) response.end();
  }, ms);
  response.once('finish', () => clearInterval(timer));
  response.once('close', () => clearInterval(timer));
};

const paddedJson = function* (json: Buffer, bytes: number): Generator<Buffer> {
  const start = Buffer.concat([json.subarray(0, json.lastIndexOf('}')), Buffer.from(',"readme":"')]);
  const end = Buffer.from('"}');
  yield start;
  for (let left = bytes - start.length - end.length; left > 0; left -= PIECE) {
    yield Buffer.alloc(Math.min(PIECE, left), 'x');
  }
  yield end;
};

const huge = (response: ServerResponse, answer: Answer, { bytes, gzip }: FaultOf<'hugeDocument'>): void => {
  const { etag: _, ...headers } = answer.headers;
  response.writeHead(200, { ...headers, ...(gzip === true ? { 'content-encoding': 'gzip' } : {}) });
  const source = Readable.from(paddedJson(answer.body, bytes));
  const done = gzip === true ? pipeline(source, createGzip(), response) : pipeline(source, response);
  // A client that has read enough hangs up: what this fault is there to provoke.
  done.catch(() => response.destroy());
};

/** A fault that shows in the answer itself: another one is sent. */
const otherAnswer = (fault: Fault, plain: Answer, answer: Answer): Answer | undefined => {
  switch (fault.kind) {
    case 'status': {
      const usual = text(fault.code, 'application/json', fault.body ?? `{"error":"status ${fault.code}"}`);
      return { ...usual, headers: { ...usual.headers, ...fault.headers } };
    }
    case 'html':
      return text(200, 'text/html; charset=utf-8', portal);
    case 'cutTarball':
      return fault.clean === true ? { ...answer, body: answer.body.subarray(0, fault.atByte) } : undefined;
    case 'tamperTarball':
      return tampered(answer, fault);
    case 'redirect':
      return { status: 302, headers: { location: fault.url }, body: Buffer.alloc(0) };
    case 'notJson':
      return text(200, 'application/json', plain.body.subarray(0, plain.body.length / 2));
    case 'content':
      return text(200, fault.contentType ?? 'application/json', fault.body);
    default:
      return undefined;
  }
};

/** Answers with a fault. `plain` is the document as such, `answer` what would have been sent. */
export const misbehave = (response: ServerResponse, fault: Fault, plain: Answer, answer: Answer): void => {
  const other = otherAnswer(fault, plain, answer);
  if (other !== undefined) send(response, other);
  else if (fault.kind === 'reset') response.socket?.resetAndDestroy();
  else if (fault.kind === 'cutTarball') cut(response, answer, fault.atByte);
  else if (fault.kind === 'drip') drip(response, answer, fault);
  else if (fault.kind === 'hugeDocument') huge(response, plain, fault);
};
