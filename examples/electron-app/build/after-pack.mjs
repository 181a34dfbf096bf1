import { afterPack } from 'stagedoor/electron-builder';
import { runtime } from './runtime.mjs';

export default afterPack(runtime);
