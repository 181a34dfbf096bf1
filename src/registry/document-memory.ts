import { StagedoorError } from '../failure.ts';

/** What pacote asks of its `packumentCache` option. */
export type DocumentMemory = {
  has(key: string): boolean;
  get(key: string): unknown;
  set(key: string, document: unknown): void;
  delete(key: string): boolean;
  /** Forgets all versions but one: a document may hold thousands. */
  keepOnly(version: string): void;
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
    keepOnly: version => {
      for (const [key, document] of documents) {
        const manifest = document.versions[version];
        documents.set(key, { ...document, versions: manifest === undefined ? {} : { [version]: manifest } });
      }
    },
  };
};
