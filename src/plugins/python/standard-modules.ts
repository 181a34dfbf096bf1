import { type Environment, pythonEnvironment } from '../../natives/python/environment.ts';
import { unanswered } from '../../natives/python/unanswered.ts';
import { runShortly } from '../../process/short-run.ts';
import { asArray, parseJson } from '../../store/json-shape.ts';

/** Python before 3.10 has no list of its own, but a folder. */
const question = `
import json, os, sys
def standard():
    names = getattr(sys, "stdlib_module_names", None)
    if names: return sorted(names)
    library = os.path.dirname(os.path.abspath(os.__file__))
    found = set(sys.builtin_module_names)
    for folder in (library, os.path.join(library, "lib-dynload"), os.path.join(sys.base_prefix, "DLLs")):
        if os.path.isdir(folder): found.update(entry.split(".")[0] for entry in os.listdir(folder))
    return sorted(found - {"test", "site-packages"})
print(json.dumps(standard()))
`;

const limitMs = 60_000;
const outputLimit = 2 ** 20;

/** Modules that an interpreter has of its own. Rejects where it does not answer: what would shadow them is not known then. */
export const standardModules = async (exec: string, base: Environment): Promise<ReadonlySet<string>> => {
  const env = pythonEnvironment(base);
  const args = ['-I', '-S', '-B', '-c', question];
  const end = await runShortly({ exec, args, env, limitMs, outputLimit });
  const said = end?.kind === 'ended' && end.code === 0 ? asArray(parseJson(end.stdout)) : [];
  const names = said.filter(name => typeof name === 'string');
  if (names.length === 0) throw unanswered(exec, end);
  return new Set(names);
};
