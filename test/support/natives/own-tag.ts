import { ownAbi } from '#src/natives/own-abi.js';

/** The tag of the Node that runs the tests. */
export const { tag: abiTag } = ownAbi();
