import type { EventObject } from 'xstate';
import type { Fact } from './chart-steps.ts';

const facts = new Map<string, Fact>();

/** The event of a name, made when the name is heard first. */
export const fact = (name: string, make: () => EventObject): Fact => {
  const known = facts.get(name);
  if (known !== undefined) return known;
  const made: Fact = { id: facts.size, name, event: make() };
  facts.set(name, made);
  return made;
};

/** Texts in an order that does not depend on how they came. */
export const inOrder = (texts: Iterable<string>): string[] =>
  [...texts].sort((a, b) => (a < b ? -1 : Number(a > b)));

/** An event that is told from others by its whole content. */
export const factOf = (event: EventObject): Fact => fact(JSON.stringify(event), () => event);
