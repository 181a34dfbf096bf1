import path from 'node:path';
import type { ShellFacts } from '../staging/shell-demand.ts';
import { nodeFileSystem } from '../store/file-system.ts';
import { asRecord, asText, readValue } from '../store/json-shape.ts';

type Told = { readonly name: string | undefined; readonly version: string | undefined };

/** The app as its runtime will know it, for which the newest runtime is chosen: as told, else as its package.json says. */
export const shellFacts = (project: string, told: Told): ShellFacts => {
  const manifest = asRecord(readValue(nodeFileSystem, path.join(project, 'package.json')));
  return {
    name: told.name ?? asText(manifest?.productName) ?? asText(manifest?.name) ?? undefined,
    version: told.version ?? asText(manifest?.version) ?? '0.0.0',
  };
};
