import { StagedoorError } from '../../failure.ts';
import { readManifest } from '../../registry/manifest.ts';
import { type ExecFacts, incompatibility } from '../../staging/compatibility.ts';
import { asRecord } from '../../store/json-shape.ts';
import type { Ask } from './ask.ts';
import type { Belongings } from './belonging.ts';
import { conflictsOf } from './comparing.ts';
import { type Note, noteOf, visiblePart, withOneSpelling } from './manifest.ts';

/** Documents of one plugin: real ones need some hundreds, a hostile one would never end. */
const mostDocuments = 5000;

/** What pacote asks of its `packumentCache`, and what was learned from the documents that came by. */
export type Documents = {
  readonly memory: {
    has(key: string): boolean;
    get(key: string): unknown;
    set(key: string, document: unknown): void;
    delete(key: string): boolean;
  };
  noteOf(name: string, version: string): Note | undefined;
};

type PackageDocument = { readonly name: string; readonly versions: Record<string, unknown> };

/** All that npm picks a version by; other lists of a registry hold versions that nobody has looked at. */
const keptFields: ReadonlySet<string> = new Set(['name', 'versions', 'dist-tags', 'time', '_contentLength']);

/** npm takes a deprecated version only where no other one will do: so that what fits the runtime is chosen before what does not. */
const avoided = { deprecated: 'it does not fit the runtime or the machine' } as const;

/** pacote's keys end in the address of the document, with one segment for a name of a scope. */
const askedFor = (key: string): string => decodeURIComponent(key.slice(key.lastIndexOf('/') + 1));

const documentOf = (record: Record<string, unknown> | null, name: string): PackageDocument => {
  const [versions, tags] = [asRecord(record?.versions), asRecord(record?.['dist-tags'])];
  if (record?.name === name && versions !== null && tags !== null) {
    for (const field of Object.keys(record)) if (!keptFields.has(field)) delete record[field];
    return { name, versions };
  }
  throw new StagedoorError('REGISTRY_MALFORMED', `the registry sent no package document of ${name}`);
};

/** Remembered by what is asked: the versions of a package ask much the same. */
const judgeOf = (belongings: Belongings): ((ask: Ask) => boolean) => {
  const known = new Map<string, boolean>();
  return ({ as, name, range }) => {
    const key = JSON.stringify([as, name, range]);
    const fits = known.get(key) ?? conflictsOf([{ as, name, range, chain: [] }], belongings).length === 0;
    known.set(key, fits);
    return fits;
  };
};

/**
 * Looks at each document before npm's resolver does: a version that is malformed is taken out, and of the others the resolver sees
 * only what it is to resolve, those that fit the runtime before others. So nothing that belongs to the runtime is ever asked for,
 * however much of it there is.
 */
export const watchedDocuments = (
  belongings: Belongings,
  stop: (reason: StagedoorError) => void,
  most: number = mostDocuments,
  facts: ExecFacts | null = null,
): Documents => {
  const held = new Map<string, unknown>();
  const notes = new Map<string, Note>();
  const fits = judgeOf(belongings);
  const trim = ({ name, versions }: PackageDocument): void => {
    for (const [version, value] of Object.entries(versions)) {
      const manifest = readManifest(withOneSpelling(value), name);
      if (manifest?.version !== version) {
        delete versions[version];
        continue;
      }
      const note = noteOf(manifest, belongings);
      notes.set(`${name}@${version}`, note);
      versions[version] = {
        ...visiblePart(manifest, belongings),
        ...(note.belonging.every(fits) && incompatibility(note.machine, facts) === null ? {} : avoided),
      };
    }
  };
  return {
    memory: {
      has: key => held.has(key),
      get: key => held.get(key),
      delete: key => held.delete(key),
      set: (key, document) => {
        if (held.size >= most)
          stop(new StagedoorError('PACKAGE_UNSAFE', `the plugin asks for more than ${most} packages`));
        // pacote goes on with the very object that it gives to its memory.
        trim(documentOf(asRecord(document), askedFor(key)));
        held.set(key, document);
      },
    },
    noteOf: (name, version) => notes.get(`${name}@${version}`),
  };
};
