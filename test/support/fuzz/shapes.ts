import semver from 'semver';

/** Independent looks at what the readers give: written from the docs of the store, not from its parsers. */
export type Shape = (value: unknown) => boolean;

export const isText: Shape = value => typeof value === 'string';
export const isFlag: Shape = value => typeof value === 'boolean';
export const isWhole: Shape = value => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
export const isNull: Shape = value => value === null;
export const isDigest: Shape = value => typeof value === 'string' && /^[\da-f]{64}$/.test(value);

/** Canonical and usable as the name of a folder. */
export const isNamedVersion: Shape = value =>
  typeof value === 'string' &&
  semver.valid(value) !== null &&
  !/[\s/\\]/.test(value) &&
  !value.startsWith('v') &&
  value.length <= 256;

export const oneOf =
  (...shapes: readonly Shape[]): Shape =>
  value =>
    shapes.some(shape => shape(value));

export const listOf =
  (shape: Shape): Shape =>
  value =>
    Array.isArray(value) && value.every(shape);

export const word =
  (...words: readonly string[]): Shape =>
  value =>
    typeof value === 'string' && words.includes(value);

/** A plain object with exactly these fields, each of its shape: nothing of the file comes through beside them. */
export const fields =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  value => {
    if (typeof value !== 'object' || value === null) return false;
    if (Object.getPrototypeOf(value) !== Object.prototype) return false;
    const keys = Object.keys(value);
    return (
      keys.length === Object.keys(shapes).length &&
      keys.every(key => Object.hasOwn(shapes, key) && shapes[key]?.(Reflect.get(value, key)) === true)
    );
  };

/** Names with values of one shape. */
export const recordOf =
  (name: Shape, shape: Shape): Shape =>
  value =>
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.entries(value).every(([key, inner]) => name(key) && shape(inner));
