"""Sends what belongs to the runtime to the runtime's own copy, whatever else lies on sys.path (K-06).

sitecustomize loads it where the launcher wants a child led by its core lock. For CPython 3.6 and later.
"""
import os
import sys
from importlib.machinery import ModuleSpec, PathFinder


_plugin_folders = []


def add_plugins(text):
    """Last on sys.path: a plugin hides nothing of the runtime's and of Python's own. Its `.pth` files are not read."""
    import json

    folders = json.loads(text).get("python", {}).values() if text else []
    _plugin_folders.extend(folder for folder in folders if isinstance(folder, str) and os.path.isabs(folder))
    added = [folder for folder in _plugin_folders if folder not in sys.path]
    if added:
        sys.meta_path.insert(0, _Start(added))
    sys.path.extend(added)


def guard(file):
    """Puts the finder first; a lock that can't be used is one warning, and everything is as without it (K-07)."""
    try:
        finder = _Guard(file, _packages(file))
    except Exception as error:
        if sys.stderr is not None:
            sys.stderr.write("stagedoor: the core lock %s can't be used (%s); modules are not guarded\n" % (file, _short(error)))
        return
    sys.meta_path.insert(0, finder)


def _short(error):
    text = error.strerror if isinstance(error, OSError) else str(error)
    return "%s: %s" % (type(error).__name__, " ".join(str(text).split())[:200])


def _packages(file):
    import json

    with open(file, encoding="utf-8") as opened:
        lock = json.load(opened)
    if not isinstance(lock, dict) or lock.get("schema") != 1:
        raise ValueError("its schema is not 1")
    found = []
    for one in lock["packages"]:
        if one["ecosystem"] == "python" and one["place"] is not None:
            parts = one["place"].split("/")
            if os.path.isabs(one["place"]) or ".." in parts or not all(isinstance(name, str) for name in one["modules"]):
                raise ValueError("%s is no package of the runtime" % ascii(one["name"]))
            found.append((one["name"], one["version"], parts[:-1], one["modules"]))
    return found


def _standard():
    """What Python itself has; only 3.10 and later have a list of it."""
    names = getattr(sys, "stdlib_module_names", None)
    if names:
        return names
    library = os.path.dirname(os.path.abspath(os.__file__))
    found = set(sys.builtin_module_names)
    for folder in (library, os.path.join(library, "lib-dynload"), os.path.join(sys.base_prefix, "DLLs")):
        if os.path.isdir(folder):
            found.update(entry.split(".")[0] for entry in os.listdir(folder))
    return found - {"test", "site-packages"}


def _canonical(name):
    import re

    return re.sub(r"[-_.]+", "-", name).lower()


def _places(spec):
    return [place for place in [spec.origin, *(spec.submodule_search_locations or [])] if place and os.path.isabs(place)]


def _is_plugins(spec):
    return any(place.startswith(folder + os.sep) for place in _places(spec) for folder in _plugin_folders)


def _is_namespace(spec):
    return spec is not None and spec.loader is None and spec.submodule_search_locations is not None


class _Start:
    """Keeps the modules that Python imports by itself at its start from being those of a plugin: nobody has asked for it there."""

    def __init__(self, folders):
        self._folders = folders

    def find_spec(self, name, path=None, target=None):
        if name not in ("sitecustomize", "usercustomize"):
            return None
        spec = PathFinder.find_spec(name)
        if spec is None or not _is_plugins(spec):
            return None
        # A folder of this name elsewhere is a namespace, which the plugin's module has hidden.
        spec = PathFinder.find_spec(name, [entry for entry in sys.path if entry not in self._folders])
        if spec is None:
            raise ModuleNotFoundError("No module named %r" % name, name=name)
        return spec

    def invalidate_caches(self):
        pass


class _Guard:
    """Finds locked modules; what is inside a package is found by Python, where the package lies."""

    def __init__(self, file, packages):
        self._root = os.path.dirname(os.path.abspath(file))
        self._roots = {self._root, os.path.realpath(self._root)}
        self._standard = _standard()
        self._modules = {}
        self._namespaces = {}
        self._distributions = {}
        for name, version, parts, modules in packages:
            folder = os.path.join(self._root, *parts)
            self._distributions.setdefault(name, folder)
            for module in modules:
                if module.partition(".")[0] not in self._standard:
                    self._modules.setdefault(module, (folder, "%s %s" % (name, version)))
                    self._add_namespaces(module, folder)
        self._folded = {module.lower(): module for module in self._modules}

    def _add_namespaces(self, module, folder):
        parent = module.rpartition(".")[0]
        while parent:
            folders = self._namespaces.setdefault(parent, [])
            if folder not in folders:
                folders.append(folder)
            parent = parent.rpartition(".")[0]

    def find_spec(self, name, path=None, target=None):
        if name in self._modules:
            return self._locked(name, path)
        if name in self._namespaces:
            return self._shared(name, path, self._namespaces[name])
        if name.lower() in self._folded:
            return self._look_alike(name, path)
        return None

    def _locked(self, name, path):
        folder, owner = self._modules[name]
        spec = PathFinder.find_spec(name, [self._base(folder, name)])
        if _is_namespace(spec):
            return self._shared(name, path, [folder])
        if spec is not None:
            return spec
        other = PathFinder.find_spec(name, path)
        if other is None or not _is_plugins(other):
            return None
        raise ImportError("%s belongs to the runtime (%s), which does not have it; a plugin's copy is not used" % (name, owner), name=name)

    def _base(self, folder, name):
        return os.path.join(folder, *name.split(".")[:-1])

    def _shared(self, name, path, folders):
        """A namespace of the runtime stays one, even if somebody brings a package of its name."""
        bases = [self._base(folder, name) for folder in folders]
        own = PathFinder.find_spec(name, bases)
        if own is None or not _is_namespace(own):
            return own
        usual = PathFinder.find_spec(name, path)
        portions = list(own.submodule_search_locations)
        if _is_namespace(usual) and all(portion in list(usual.submodule_search_locations) for portion in portions):
            # Python's own follows what is put on sys.path later.
            return usual
        for entry in sys.path if path is None else path:
            other = PathFinder.find_spec(name, [entry])
            if _is_namespace(other):
                portions.extend(portion for portion in other.submodule_search_locations if portion not in portions)
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = portions
        return spec

    def _look_alike(self, name, path):
        spec = None if name.partition(".")[0] in self._standard else PathFinder.find_spec(name, path)
        if spec is None or self._is_own(spec):
            return None
        locked = self._folded[name.lower()]
        owner = self._modules[locked][1]
        raise ImportError("%s is not imported: only its case tells it from %s, which belongs to the runtime (%s)" % (name, locked, owner), name=name)

    def _is_own(self, spec):
        return any(place.startswith(root + os.sep) for place in _places(spec) for root in self._roots)

    def find_distributions(self, context=None):
        try:
            from importlib.metadata import DistributionFinder, MetadataPathFinder
        except ImportError:
            return iter(())
        name = getattr(context, "name", None)
        folder = self._distributions.get(_canonical(name)) if name else None
        if folder is None:
            return iter(())
        return iter(MetadataPathFinder.find_distributions(DistributionFinder.Context(name=name, path=[folder])))

    def invalidate_caches(self):
        pass
