import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes a full run more than half a minute, the longest first. */
const longest: readonly string[] = [
  'proof/fail-at-every-operation',
  'proof/garbage-stores',
  'proof/supervisor-paths',
  'proof/many-processes',
  'proof/bounded-store',
  'proof/kill-update',
  'proof/fuzz-registry',
  'proof/model-check',
  'proof/zoo',
  'proof/simple-paths',
  'proof/kill-at-every-operation',
  'proof/plugins-faults',
  'proof/launch-paths',
  'proof/plugins-processes',
  'src/child/core-lock',
  'src/plugins/python/provider',
  'proof/leases',
  'src/plugins/python/addresses',
  'src/plugins/python/interpreters',
  'proof/native-trees-faults',
].map(name => `/test/${name}.test.ts`);

const placeOf = ({ moduleId }: TestSpecification): number => {
  const place = longest.findIndex(name => moduleId.endsWith(name));
  return place === -1 ? longest.length : place;
};

/**
 * The order of a full run. By itself Vitest goes by what it remembers, which is what a short run took or nothing at all,
 * and a long file that begins last leaves the other workers idle.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}
