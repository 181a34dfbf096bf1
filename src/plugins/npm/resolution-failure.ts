import { oneLine, StagedoorError } from '../../failure.ts';
import { registryFailure } from '../../registry/registry-failure.ts';
import type { RequestWatch } from '../../registry/request-watch.ts';
import { asRecord, asText, type JsonRecord } from '../../store/json-shape.ts';

const told = (record: JsonRecord | null): string =>
  `${asText(record?.name) ?? 'something'}@${asText(record?.version) ?? asText(record?.spec) ?? '?'}`;

const contradiction = (error: unknown, { edge, current }: JsonRecord, subject: string): StagedoorError => {
  const [asked, there] = [asRecord(edge), asRecord(current)];
  const from = told(asRecord(asked?.from));
  return new StagedoorError(
    'PACKAGE_INVALID',
    `the peer dependencies of ${subject} contradict each other: ${from} needs ${told(asked)}, and there is ${told(there)}`,
    { cause: error, hint: 'npm would not install it either; ask its publisher, or choose another version.' },
  );
};

/** What the resolver was asking for when it failed, where it says so. */
const subjectOf = ({ pkgid, name, wanted }: JsonRecord, subject: string): string => {
  const spec =
    asText(pkgid) ?? (typeof name === 'string' && typeof wanted === 'string' ? `${name}@${wanted}` : null);
  return spec === null || spec === subject ? subject : oneLine(`${spec}, which ${subject} needs`, 400);
};

/** Whatever npm's resolver rejected with, with the package that could not be had. */
export const resolutionFailure = (
  error: unknown,
  facts: JsonRecord,
  watch: RequestWatch,
  subject: string,
): unknown => {
  if (facts.code === 'ERESOLVE') return contradiction(error, facts, subject);
  return registryFailure(error, watch, { subject: subjectOf(facts, subject), kind: 'document' });
};
