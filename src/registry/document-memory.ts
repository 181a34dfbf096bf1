import { StagedoorError } from '../failure.ts';

/** What pacote asks of its `packumentCache` option. */
export type DocumentMemory = {
  has(key: string): boolean;
  get(key: string): unknown;
  set(key: string, document: unknown): void;
  delete(key: string): boolean;
  /** Forgets all versions but one: a document may hold thousands. */
  keepOnly(version: string): void;
  /** A document is in hand: a question about it takes no request. */
  isHeld(): boolean;
  /** Lets go of a document that could not be used. */
  clear(): void;
  /** The names of the versions, as they stand there. */
  versions(): readonly string[];
  /** What stands there for a version; undefined for none. */
  entry(version: string): unknown;
};

type Document = { readonly name: string; readonly versions: Readonly<Record<string, unknown>> };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isDocumentOf = (name: string, value: unknown): value is Document =>
  isRecord(value) &&
  value.name === name &&
  isRecord(value.versions) &&
  isRecord(value['dist-tags']) &&
  Object.values(value.versions).every(isRecord);

/**
 * Carries a package document from the check to the download, so that there is one request for it, and looks at its
 * shape before pacote does: an answer of another shape is an error of the registry (U-02).
 */
export const documentMemory = (name: string): DocumentMemory => {
  const documents = new Map<string, Document>();
  const held = (): Document['versions'] => [...documents.values()].at(0)?.versions ?? {};
  return {
    has: key => documents.has(key),
    get: key => documents.get(key),
    delete: key => documents.delete(key),
    set: (key, document) => {
      if (!isDocumentOf(name, document)) {
        throw new StagedoorError('REGISTRY_MALFORMED', `the registry sent no package document of ${name}`);
      }
      documents.set(key, document);
    },
    isHeld: () => documents.size > 0,
    clear: () => documents.clear(),
    versions: () => Object.keys(held()),
    entry: version => (Object.hasOwn(held(), version) ? held()[version] : undefined),
    keepOnly: version => {
      for (const [key, document] of documents) {
        const manifest = document.versions[version];
        documents.set(key, { ...document, versions: manifest === undefined ? {} : { [version]: manifest } });
      }
    },
  };
};
