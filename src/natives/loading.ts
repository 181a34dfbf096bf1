import type { RuntimeKind } from './question.ts';

/**
 * Runs in the target, with `file` or `package`, the path, and a word that nobody else knows; says the word with what went
 * wrong, or with null. Standard output belongs to what is loaded, too. A package is loaded as its own `exports` say, or as its `main`.
 */
const nodeLoading = `
const fs = require('fs'), path = require('path'), [, what, target, word] = process.argv;
const tell = problem => { fs.writeSync(1, '\\n' + word + JSON.stringify(problem) + '\\n'); process.exit(0); };
const loadPackage = async () => {
  const { name, exports } = JSON.parse(fs.readFileSync(path.join(target, 'package.json'), 'utf8'));
  const { pathToFileURL } = require('url');
  const load = require('module').createRequire(path.join(target, 'package.json'));
  try {
    return await import(exports === undefined ? pathToFileURL(require.resolve(target)).href : name);
  } catch (error) {
    // A package may be nothing but a compiled file, which only require takes.
    if (error?.code !== 'ERR_UNKNOWN_FILE_EXTENSION') throw error;
    return load(exports === undefined ? target : name);
  }
};
const load = async () => what === 'file' ? process.dlopen({ exports: {} }, target) : loadPackage();
load().then(() => tell(null), error => tell(String(error?.message ?? error)));
`;

/** A file is loaded only where importing would take it: the loader itself does not look at the tag in its name. */
const pythonLoading = `
import importlib, importlib.util, json, os, sys
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
what, target, word = sys.argv[1:4]
def load_file():
    name, dot, rest = os.path.basename(target).partition(".")
    if dot + rest not in EXTENSION_SUFFIXES: raise ImportError("this Python does not import *" + dot + rest)
    loader = ExtensionFileLoader(name, target)
    loader.exec_module(importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader)))
def load_package():
    sys.path.insert(0, os.path.dirname(target))
    importlib.import_module(os.path.basename(target))
problem = None
try: load_file() if what == "file" else load_package()
except BaseException as error: problem = type(error).__name__ + ": " + str(error)
sys.stdout.flush()
os.write(1, ("\\n" + word + json.dumps(problem) + "\\n").encode())
os._exit(0)
`;

/** Python: isolated from the user's variables and folders, but with the packages of its venv, which a package may need. */
export const loadingIn: Readonly<Record<RuntimeKind, readonly string[]>> = {
  node: ['-e', nodeLoading],
  python: ['-I', '-B', '-c', pythonLoading],
};
