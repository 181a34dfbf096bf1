import { errnoOf } from '../failure.ts';

/** What is looked for, or null where the system refuses; anything else that is thrown is a defect. */
export const orNull = <Value>(look: () => Value): Value | null => {
  try {
    return look();
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return null;
  }
};
