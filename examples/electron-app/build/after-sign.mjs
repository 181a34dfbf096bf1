import { checkFuses } from 'stagedoor/electron-builder';
import { runtime } from './runtime.mjs';

export default checkFuses(runtime);
