/** Of this package; the launcher is one file and has no manifest beside it to read. */
export const ownVersion = '0.1.0';
