import { type FailureParts, failureParts } from '../failure-parts.ts';
import type { BannerValues, Say } from './strings.ts';

type Advice = keyof BannerValues & `advice${string}`;

const advices: readonly (readonly [RegExp, Advice])[] = [
  [/^REGISTRY_/, 'adviceNetwork'],
  [/^(?:DISK|STORE)_/, 'adviceDisk'],
  [/^REFUSED$/, 'adviceRefused'],
];

const adviceFor = ({ code }: FailureParts): Advice =>
  advices.find(([pattern]) => code !== null && pattern.test(code))?.[1] ?? 'adviceOther';

/** What went wrong with an order, and what to do. */
export const failureText = (error: unknown, say: Say): string => {
  const parts = failureParts(error);
  const failed = say('failed', { message: parts.message, code: parts.code ?? '' });
  return `${failed}\n${say(adviceFor(parts), {})}`;
};
