/** What can't be found where it was led to: Node's words tell of the runtime's own files, and not of who asked. */
const named = (error: unknown, importer: string | undefined): unknown => {
  if (!(error instanceof Error) || importer === undefined) return error;
  const { message, stack } = error;
  error.message = `${message}\n(asked for by ${importer}, and led there by the core lock)`;
  if (stack !== undefined) error.stack = stack.replace(message, () => error.message);
  return error;
};

export const naming = <Found,>(importer: string | undefined, resolve: () => Found): Found => {
  try {
    return resolve();
  } catch (error) {
    throw named(error, importer);
  }
};

export const namingLater = async <Found,>(
  importer: string | undefined,
  resolve: () => Found | Promise<Found>,
): Promise<Found> => {
  try {
    return await resolve();
  } catch (error) {
    throw named(error, importer);
  }
};
