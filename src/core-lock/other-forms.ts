import { oneLine } from '../failure.ts';
import { asRecord, asText, type JsonRecord } from '../store/json-shape.ts';

const isViteManifest = (record: JsonRecord): boolean => {
  const entries = Object.values(record);
  return entries.length > 0 && entries.every(entry => asText(asRecord(entry)?.file) !== null);
};

/**
 * What a bundler's file is, if it is one that does not say which packages are joined, or not surely: after scope hoisting a
 * module may be gone from an analysis while its code is in the file. Null for anything else.
 */
export const otherForm = (record: JsonRecord | null): string | null => {
  if (record === null) return null;
  const bundler = asText(asRecord(record.meta)?.bundler);
  if (bundler !== null)
    return `it is an analysis by ${oneLine(bundler, 40)}, which leaves out what was inlined`;
  if (Array.isArray(record.modules) && Array.isArray(record.chunks))
    return 'it has the statistics of webpack or the like, which name no versions';
  if (asRecord(record.inputs) !== null && asRecord(record.outputs) !== null)
    return 'it is a metafile, and here it must be a list';
  return isViteManifest(record) ? "it is Vite's manifest, which names files and not packages" : null;
};
