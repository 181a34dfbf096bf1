import path from 'node:path';
import type { CoreLock } from '../../core-lock/core-lock.ts';
import { pythonConstraints } from '../../core-lock/python-constraints.ts';
import { pipProgram } from '../../natives/python/installer.ts';
import type { FileSystem } from '../../store/file-system.ts';

/**
 * Under the lock: what is locked counts as installed, in its very version. Beside: under the lock, and what other plugins bring
 * comes in their versions. Free: as if there were no runtime, so that who asks
 * for what can be told. Alone: nothing but what is named, without all that it needs.
 */
export type Terms = 'locked' | 'beside' | 'free' | 'alone';

/** The variable that names the folder of what counts as installed. */
export const installedVariable = 'STAGEDOOR_INSTALLED';

/**
 * pip sees no packages but those in that folder: it is found by `site`, whose folders are then forgotten. Whatever it would start to
 * build something, or to fetch from a repository, goes through one function, which refuses. What is needed from an address becomes what
 * no version can meet: the address, which a package has chosen, is never asked, and an older version without it may be found.
 */
const before = `
own = list(sys.path)
import site
site.main()
import pip
sys.path[:] = own + [one for one in [os.environ.get("${installedVariable}")] if one]
from pip._internal.exceptions import InstallationError
from pip._internal.utils import subprocess as starting
if not callable(getattr(starting, "call_subprocess", None)): sys.exit("stagedoor: this pip can not be kept from building")
def refuse(*_, **__): raise InstallationError("stagedoor: a source would be built")
starting.call_subprocess = refuse
import copy
from pip._internal.req.req_install import InstallRequirement
from pip._vendor.packaging.specifiers import SpecifierSet
take = InstallRequirement.__init__
def named(self, req, *rest, **more):
    if getattr(req, "url", None):
        req = copy.copy(req)
        req.url, req.specifier = None, SpecifierSet("<0.dev0")
    take(self, req, *rest, **more)
InstallRequirement.__init__ = named
`;

/** How the interpreter is started; without `site`, which would run what others have put into its folders. */
export const resolverArguments: readonly string[] = ['-I', '-S', '-B', '-c', pipProgram(before)];

const metadataOf = (name: string, version: string): string =>
  `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`;

/** Writes down what is locked, for pip: as constraints, and as what is installed; and what other plugins bring, as constraints alone. */
export const writeTerms = (
  fs: FileSystem,
  folder: string,
  lock: CoreLock,
  others: ReadonlyMap<string, string>,
): void => {
  const { lines } = pythonConstraints(lock);
  const beside = [...others].map(([name, version]) => `${name}==${version}`);
  for (const [file, all] of [
    ['constraints.txt', lines],
    ['beside.txt', beside],
  ] as const)
    fs.writeFileSync(path.join(folder, file), all.map(line => `${line}\n`).join(''));
  for (const line of lines) {
    const [name = '', version = ''] = line.split('==');
    const info = path.join(folder, 'installed', `${name.replaceAll('-', '_')}-${version}.dist-info`);
    fs.mkdirSync(info, { recursive: true });
    fs.writeFileSync(path.join(info, 'METADATA'), metadataOf(name, version));
  }
};

export const optionsOf = (terms: Terms, folder: string): readonly string[] => {
  const constraints = path.join(folder, 'constraints.txt');
  if (terms === 'locked') return ['-c', constraints];
  if (terms === 'beside') return ['-c', constraints, '-c', path.join(folder, 'beside.txt')];
  return terms === 'free' ? [] : ['--no-deps'];
};

export const variablesOf = (terms: Terms, folder: string): Readonly<Record<string, string>> =>
  terms === 'locked' || terms === 'beside' ? { [installedVariable]: path.join(folder, 'installed') } : {};
