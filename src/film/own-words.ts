import {
  launchMachine,
  nativesMachine,
  pluginInstallMachine,
  supervisorMachine,
  updateMachine,
} from '../../machines/index.ts';
import { type AllWords, chartWords } from './chart-words.ts';

/** The words of the five charts of this package. */
export const ownWords = (): AllWords => ({
  supervisor: chartWords(supervisorMachine),
  launch: chartWords(launchMachine),
  update: chartWords(updateMachine),
  natives: chartWords(nativesMachine),
  'plugin-install': chartWords(pluginInstallMachine),
});
