import type { LockedPackage } from './core-lock.ts';

/** How many packages a lock holds, by what they are. */
export type Amounts = Readonly<Record<'npm' | 'python' | 'joined', number>>;

export const amountsOf = (packages: readonly LockedPackage[]): Amounts => ({
  npm: packages.filter(({ ecosystem, place }) => ecosystem === 'npm' && place !== null).length,
  python: packages.filter(({ ecosystem }) => ecosystem === 'python').length,
  joined: packages.filter(({ place }) => place === null).length,
});
