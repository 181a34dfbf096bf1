import fc from 'fast-check';

/** What a page may say: true orders, nearly true ones, and anything that can cross at all. */
export type Said = readonly unknown[];

const verbs = ['status', 'check', 'restartToApply', 'hold', 'release', 'explain'] as const;
/** What the host may do and no page: names of verbs, options and events of the rest of the API. */
const forbidden = [
  'update',
  'start',
  'stop',
  'restart',
  'rollback',
  'pin',
  'unpin',
  'forgive',
  'cancel',
  'supervisor.update',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
] as const;
const extras = [
  'registry',
  'package',
  'version',
  'channel',
  'store',
  'exec',
  'when',
  'path',
  'args',
] as const;

const anyValue = fc.anything({
  withDate: true,
  withMap: true,
  withSet: true,
  withBigInt: true,
  withTypedArray: true,
});
const extraOrder = fc
  .tuple(fc.constantFrom(...verbs), fc.constantFrom(...extras), anyValue)
  .filter(([verb, extra]) => !(verb === 'restartToApply' && extra === 'when'))
  .map(([verb, extra, value]) => [{ verb, [extra]: value }]);
const wrongWhen = anyValue
  .filter(when => when !== 'idle' && when !== 'now')
  .map(when => [{ verb: 'restartToApply', when }]);
const wrongVerb = fc
  .oneof(fc.constantFrom(...forbidden), anyValue)
  .filter(verb => !verbs.some(known => known === verb))
  .map(verb => [{ verb }]);
const tooMany = fc.tuple(fc.constantFrom(...verbs), anyValue).map(([verb, more]) => [{ verb }, more]);
const ownProto = fc
  .constantFrom(...verbs)
  .map(verb => [JSON.parse(`{"__proto__": {"verb": "${verb}"}, "when": "now"}`)] as Said);
const nothingMuch = fc.array(anyValue, { maxLength: 3 }).filter(args => {
  const [first] = args;
  return args.length !== 1 || typeof first !== 'object' || first === null || !('verb' in first);
});

/** Orders that are none, for a page that is trusted. */
export const hostileArguments: fc.Arbitrary<Said> = fc.oneof(
  extraOrder,
  wrongWhen,
  wrongVerb,
  tooMany,
  ownProto,
  nothingMuch,
);

/** True orders, too, for pages that may order nothing. */
export const anything: fc.Arbitrary<Said> = fc.oneof(
  fc.constantFrom(...verbs).map(verb => [verb === 'restartToApply' ? { verb, when: 'now' } : { verb }]),
  hostileArguments,
);
