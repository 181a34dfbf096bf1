import { StagedoorError } from '../../failure.ts';
import type { Pin } from '../dependency.ts';

/** As an index compares names: case, dots and underscores make no difference. */
export const normalized = (name: string): string => name.replace(/[-_.]+/g, '-').toLowerCase();

const distribution = /^[a-z0-9](?:[\w.-]*[a-z0-9])?$/i;
/** Exact: no wildcard and nothing that begins an option. */
const exactVersion = /^\d[\w.!+-]*$/i;
const sha256 = /^sha256:[0-9a-f]{64}$/;

const lineOf = ({ name, version, hashes }: Pin): string => {
  if (!distribution.test(name) || !exactVersion.test(version))
    throw new StagedoorError('NATIVE_ABI_MISMATCH', `${name}@${version} names no Python package`, {
      hint: 'Pin it as NAME@VERSION, as the index writes both.',
    });
  if (hashes.length === 0 || !hashes.every(hash => sha256.test(hash)))
    throw new StagedoorError('UNTRUSTED', `${name}@${version} is not pinned by sha256:…`, {
      hint: 'Print the pins with `stagedoor natives pin`.',
    });
  return [`${name}==${version}`, ...hashes.map(hash => `--hash=${hash}`)].join(' ');
};

/** The text of a requirements file that lets through exactly what is pinned. */
export const requirementsOf = (pins: readonly Pin[]): string => pins.map(pin => `${lineOf(pin)}\n`).join('');
