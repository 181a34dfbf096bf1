import type { NodeAbi } from './abi.ts';
import { claimsAgainst } from './claims.ts';
import { type FileFit, fits, misfit, undecided } from './file-fit.ts';
import { imageAgainst } from './image-fit.ts';
import type { NativeFile } from './offer.ts';

const byAbi = (modules: readonly string[], abi: NodeAbi): FileFit => {
  const has = `ABI ${modules.join(' or ')}`;
  if (abi.modules === null) return undecided(`a file for ${has}, and which one is wanted is not known`);
  return modules.includes(abi.modules) ? fits : misfit(has);
};

/** By what the file registers for; by the notes of its build where it does not say. */
const bySymbols = ({ look, claims, builtFor }: NativeFile, abi: NodeAbi): FileFit => {
  const symbols = look.kind === 'image' ? look.image : null;
  // A loader that goes by names would have to know it, whatever is in the file.
  if (abi.modules === null && claims.modules !== null && !claims.napi) return byAbi([claims.modules], abi);
  if (symbols?.nodeApi === true && !symbols.v8) return { verdict: 'fits-by-napi' };
  if (symbols !== null && symbols.modules.length > 0) return byAbi(symbols.modules, abi);
  const named = claims.modules ?? builtFor;
  if (named !== null && !claims.napi) return byAbi([named], abi);
  if (claims.napi && symbols?.v8 !== true) return { verdict: 'fits-by-napi' };
  return undecided('a file that does not say which ABI it is for');
};

/** Whether a Node or an Electron can load a file: its name must let a loader pick it, and its content must be right. */
export const nodeFit = (file: NativeFile, abi: NodeAbi): FileFit => {
  const against = claimsAgainst(file.claims, abi) ?? imageAgainst(file.look, abi);
  return against === null ? bySymbols(file, abi) : misfit(against);
};
