import { packageName } from './staging-world.ts';

export type Versions = Partial<Record<string, Record<string, unknown>>>;

/** The short document of a registry with these changes, and the tag under which it was sent. */
export const documentWith = async (registry: string, change: (versions: Versions) => void) => {
  const headers = { accept: 'application/vnd.npm.install-v1+json' };
  const answer = await fetch(`${registry}/${packageName}`, { headers });
  const document = (await answer.json()) as { versions: Versions };
  change(document.versions);
  return { etag: answer.headers.get('etag') ?? '', body: JSON.stringify(document) };
};
