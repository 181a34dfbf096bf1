"""Leads a Python runtime to the natives that fit it (N-08), guards what belongs to it (K-06), and writes down which Python runs (N-10).

Python imports this at its start, from the folder that is first on PYTHONPATH. It prints nothing
but that a core lock can't be used (K-07), and whatever fails in it is told with the identity while the runtime starts as it
would without us (N-11). For CPython 3.6 and later.
"""


def _start():
    import os
    import sys

    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != here]
    found = list(sys.path)
    problem = None
    # What leads to natives comes to stand before the guard: the runtime's own natives may lie in a tree.
    for step in (_guard, _lead):
        try:
            step(os.environ)
        except Exception as error:
            problem = "%s: %s" % (type(error).__name__, error)
    identity = os.environ.pop("STAGEDOOR_IDENTITY", None)
    if identity:
        try:
            _tell(identity, problem)
        except Exception:
            # A full or locked disk must not keep the runtime from starting; the shell sees that the file is not there.
            pass
    return found


def _soabi():
    from importlib.machinery import EXTENSION_SUFFIXES

    parts = EXTENSION_SUFFIXES[0].split(".")
    return parts[1] if len(parts) == 3 else None


def _guard(environ):
    lock = environ.get("STAGEDOOR_CORE_LOCK_PATH") if environ.get("STAGEDOOR_CORE_LOCK") == "1" else None
    if not lock and not environ.get("STAGEDOOR_PLUGINS"):
        return
    import os
    from importlib.util import module_from_spec, spec_from_file_location

    file = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stagedoor_core_lock.py")
    spec = spec_from_file_location("stagedoor_core_lock", file)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    try:
        module.add_plugins(environ.get("STAGEDOOR_PLUGINS"))
    finally:
        if lock:
            module.guard(lock)


def _lead(environ):
    import json
    import sys

    text = environ.get("STAGEDOOR_NATIVE_DIRS")
    # Another interpreter that the runtime starts needs other natives than these.
    if text and environ.get("STAGEDOOR_NATIVE_ABI") == _soabi():
        folders = json.loads(text)
        tree = environ.get("STAGEDOOR_NATIVE_TREE")
        if tree:
            # What a tree holds was proved together, so that all of it goes before what lies beside the runtime.
            sys.meta_path.insert(0, _Finder(lambda name: [tree] if name else [], whole=True))
        sys.meta_path.insert(0, _Finder(lambda name: [folders[name]] if name in folders else []))
        every = sorted(set(folders.values()))
        sys.meta_path.append(_Finder(lambda name: every))


class _Finder:
    """Finds top-level modules in the folders that are meant for them; what is inside a package finds Python itself."""

    def __init__(self, folders_of, whole=False):
        self._folders_of = folders_of
        self._whole = whole

    def find_spec(self, name, path=None, target=None):
        from importlib.machinery import PathFinder

        folders = [] if "." in name else self._folders_of(name)
        spec = PathFinder.find_spec(name, folders, target) if folders else None
        # A namespace is shared by all that have a part of it.
        return None if self._whole and spec is not None and spec.origin in (None, "namespace") else spec

    def find_distributions(self, context=None):
        from importlib.metadata import DistributionFinder, MetadataPathFinder

        folders = self._folders_of((getattr(context, "name", None) or "").replace("-", "_"))
        inside = DistributionFinder.Context(name=getattr(context, "name", None), path=folders)
        return iter(MetadataPathFinder.find_distributions(inside) if folders else ())

    def invalidate_caches(self):
        pass


def _libc():
    import sys

    if sys.platform != "linux":
        return None
    try:
        with open("/proc/self/maps", "rb") as maps:
            text = maps.read()
    except OSError:
        text = b""
    return "musl" if b"/ld-musl-" in text or b"/libc.musl-" in text else "glibc"


def _tell(file, problem):
    import json
    import os
    import sys
    from importlib.machinery import EXTENSION_SUFFIXES

    version = "%d.%d.%d" % sys.version_info[:3]
    if sys.version_info.releaselevel != "final":
        version += "%s%d" % (sys.version_info.releaselevel[:1].replace("c", "rc"), sys.version_info.serial)
    facts = {
        "kind": "python",
        "platform": sys.platform,
        "machine": os.uname().machine if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE", ""),
        "wide": sys.maxsize > 2 ** 32,
        "libc": _libc(),
        "implementation": sys.implementation.name,
        "version": version,
        "cacheTag": sys.implementation.cache_tag,
        "suffixes": EXTENSION_SUFFIXES,
        "problem": problem,
    }
    with open(file, "x", encoding="utf-8") as out:
        out.write(json.dumps(facts))


def _hand_over(path):
    """Runs the sitecustomize that Python would have found without ours and without plugins; its errors are its own."""
    import sys
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    spec = PathFinder.find_spec("sitecustomize", path)
    if spec is not None and spec.loader is not None:
        module = module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


_hand_over(_start())
