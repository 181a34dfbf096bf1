/** Why an order had no effect. `message` begins with `code`: nothing else of an error goes through the context bridge. */
export type OrderFailure = Error & { readonly code: string };

export const orderFailure = (code: string, message: string): OrderFailure =>
  Object.assign(new Error(`${code}: ${message}`), { code });
