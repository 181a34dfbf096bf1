import { EventEmitter } from 'node:events';

/** Each can stand where the other is wanted: electron's `any` counts as our `unknown`. */
export type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

type SameMember<A, B> = [A] extends [(...given: infer GivenA) => infer ResultA]
  ? [B] extends [(...given: infer GivenB) => infer ResultB]
    ? Same<[GivenA, ResultA], [GivenB, ResultB]>
    : false
  : Same<A, B>;

/** Members of a double that electron.d.ts has not, or has with other parameters, another result or another type. */
type Differing<Members, Real> = {
  [Key in keyof Members]: Key extends keyof Real
    ? SameMember<Members[Key], Real[Key]> extends true
      ? never
      : Key
    : Key;
}[keyof Members];

/** Unsatisfiable where a member differs; the error of the compiler names it. */
type Agreement<Members, Real> = [Differing<Members, Real>] extends [never]
  ? unknown
  : { readonly 'differs from electron.d.ts': Differing<Members, Real> };

export type StandIn<Real, Members> = Pick<Real, Extract<keyof Members | keyof EventEmitter, keyof Real>>;

/** Asked for by awaits, serializers and printers, of any object. */
const askedOfEverything: ReadonlySet<PropertyKey> = new Set([
  'then',
  'toJSON',
  'asymmetricMatch',
  '$$typeof',
  'nodeType',
  'inspect',
]);

export type Guard = {
  /** In errors: `webContents`. */
  readonly name: string;
  /** What is thrown by an access to a member, if anything. */
  readonly gone?: (member: PropertyKey) => Error | null;
};

const guarded = <Double extends object>(double: Double, { name, gone }: Guard): Double =>
  new Proxy(double, {
    get: (target, member, self) => {
      if (typeof member === 'symbol' || askedOfEverything.has(member)) {
        return Reflect.get(target, member, self);
      }
      const end = gone?.(member) ?? null;
      if (end !== null) throw end;
      if (!(member in target)) throw new TypeError(`the double has no ${name}.${member}`);
      return Reflect.get(target, member, self);
    },
  });

/**
 * An object of Electron's with some of its members: each is held to electron's own type by the compiler, and who asks for
 * another one is told so, in place of `undefined`. It emits events; `told` in `payloads.ts` holds those to their types.
 */
export const standIn =
  <Real extends object>() =>
  <Members extends object>(
    guard: Guard,
    members: Members & Agreement<Members, Real>,
    emitter: EventEmitter = new EventEmitter(),
  ): StandIn<Real, Members> => {
    Object.defineProperties(emitter, Object.getOwnPropertyDescriptors(members));
    // The members agree with `Real`, and `guarded` refuses all others.
    return guarded(emitter, guard) as unknown as StandIn<Real, Members>;
  };

/** The same for members that stand in no object of their own, such as the static ones of a class. */
export const agreeing =
  <Real extends object>() =>
  <Members extends object>(members: Members & Agreement<Members, Real>): Members =>
    members;

/** Where Electron hands out the whole class: what the stand-in has not, it refuses by name. */
export const whole = <Real>(part: Partial<Real>): Real => part as Real;
