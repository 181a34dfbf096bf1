/** The languages that an executable can be asked in. */
export type RuntimeKind = 'node' | 'python';

/**
 * Runs in the executable, so it stands on its own. What only resembles Node answers null: Bun and Deno have its versions,
 * but not its ABI. A mapped loader of musl tells the libc without a report.
 */
const nodeQuestion = `
const v = process.versions, linux = process.platform === 'linux';
const maps = () => { try { return require('fs').readFileSync('/proc/self/maps', 'latin1'); } catch { return ''; } };
JSON.stringify(v.bun || v.deno ? null : {
  executable: process.execPath, platform: process.platform, arch: process.arch,
  libc: linux ? (/\\/(?:ld-musl-|libc\\.musl-)/.test(maps()) ? 'musl' : 'glibc') : null,
  node: v.node, modules: v.modules, electron: v.electron ?? null, napi: v.napi ?? null, uv: v.uv ?? null,
  armv: process.arch === 'arm' ? String(process.config.variables.arm_version ?? '') : null,
})`;

/** For Python from 3.3 on; an older one fails at the import, which is no answer. */
const pythonQuestion = `
import json, platform, sys
from importlib.machinery import EXTENSION_SUFFIXES
def libc():
    if sys.platform != "linux": return None
    try:
        with open("/proc/self/maps", "rb") as maps: text = maps.read()
    except OSError: text = b""
    return "musl" if b"/ld-musl-" in text or b"/libc.musl-" in text else "glibc"
print(json.dumps({
    "executable": sys.executable, "platform": sys.platform, "machine": platform.machine(),
    "wide": sys.maxsize > 2 ** 32, "libc": libc(), "implementation": sys.implementation.name,
    "version": platform.python_version(), "cacheTag": sys.implementation.cache_tag, "suffixes": EXTENSION_SUFFIXES,
}))`;

/**
 * How each is asked. Python: isolated from the user's variables and folders (-I), without running the code that packages
 * put into `.pth` files (-S), without writing caches (-B).
 */
export const questionTo: Readonly<Record<RuntimeKind, readonly string[]>> = {
  node: ['-p', nodeQuestion],
  python: ['-I', '-S', '-B', '-c', pythonQuestion],
};
