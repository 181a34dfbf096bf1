import path from 'node:path';
import type { FileSystem } from '../store/file-system.ts';

export type ShimPlaces = {
  /** The bundled entry, relative to the shim. */
  readonly bundledEntry: string;
  /** The shell's own Electron, relative to the shim. `STAGEDOOR_EXEC` goes before it, a Node on PATH comes after it. */
  readonly execRelative?: string | undefined;
};

export const shimNames = { posix: 'stagedoor-launch', windows: 'stagedoor-launch.cmd' } as const;

/** `EX_NOINPUT` of sysexits.h: a file that was named is not there. */
export const missingFileExit = 66;
const noRuntimeExit = 69;

const relative = (option: string, value: string): string => {
  // Quotes, percent signs and line ends can't be written safely for cmd.
  if (value !== '' && !path.posix.isAbsolute(value) && !/["%\r\n\0]|^[a-z]:/i.test(value)) return value;
  throw new TypeError(`option "${option}" must be a relative path, got ${JSON.stringify(value)}`);
};

const shQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const cmdPath = (text: string): string => text.replaceAll('/', '\\');

const posixShim = (entry: string, exec: string | null): string => `#!/bin/sh
# Runs the runtime that STAGEDOOR_ENTRY names (empty: the bundled one) with the shell's own Electron as Node.
self=$0
while [ -h "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=$(dirname "$self")/$link ;;
  esac
done
here=$(CDPATH= cd "$(dirname "$self")" && pwd -P) || exit ${missingFileExit}

entry=\${STAGEDOOR_ENTRY:-}
[ -n "$entry" ] || entry=$here/${shQuoted(entry)}
if [ ! -f "$entry" ]; then
  printf 'stagedoor: the entry %s is missing\\n' "$entry" >&2
  exit ${missingFileExit}
fi

node=\${STAGEDOOR_EXEC:-}
if [ -n "$node" ] && { [ ! -f "$node" ] || [ ! -x "$node" ]; }; then
  printf 'stagedoor: the executable %s is missing\\n' "$node" >&2
  exit ${missingFileExit}
fi
${exec === null ? '' : `if [ -z "$node" ] && [ -f "$here/"${shQuoted(exec)} ] && [ -x "$here/"${shQuoted(exec)} ]; then node=$here/${shQuoted(exec)}; fi\n`}[ -n "$node" ] || node=$(command -v node)
if [ -z "$node" ]; then
  printf 'stagedoor: there is no Electron and no Node to run %s\\n' "$entry" >&2
  exit ${noRuntimeExit}
fi

# A plain Node must not look like Electron to loaders of native files.
case \${node##*/} in
  node | nodejs) unset ELECTRON_RUN_AS_NODE ;;
  *) export ELECTRON_RUN_AS_NODE=1 ;;
esac
exec "$node" "$entry" "$@"
`;

const windowsShim = (entry: string, exec: string | null): string =>
  `@echo off
rem Runs the runtime that STAGEDOOR_ENTRY names (empty: the bundled one) with the shell's own Electron as Node.
setlocal DisableDelayedExpansion
set "stagedoor_entry_file=%STAGEDOOR_ENTRY%"
if not defined stagedoor_entry_file set "stagedoor_entry_file=%~dp0${cmdPath(entry)}"
if not exist "%stagedoor_entry_file%" goto entry_missing
if exist "%stagedoor_entry_file%\\" goto entry_missing
set "stagedoor_node=%STAGEDOOR_EXEC%"
if not defined stagedoor_node goto own
if not exist "%stagedoor_node%" goto node_missing
goto run
:own
${exec === null ? '' : `if exist "%~dp0${cmdPath(exec)}" set "stagedoor_node=%~dp0${cmdPath(exec)}"\n`}if not defined stagedoor_node for %%I in (node.exe) do set "stagedoor_node=%%~$PATH:I"
if not defined stagedoor_node goto nothing
:run
set "ELECTRON_RUN_AS_NODE=1"
for %%I in ("%stagedoor_node%") do if /i "%%~nxI"=="node.exe" set "ELECTRON_RUN_AS_NODE="
"%stagedoor_node%" "%stagedoor_entry_file%" %*
exit /b %ERRORLEVEL%
:entry_missing
>&2 echo stagedoor: the entry "%stagedoor_entry_file%" is missing
exit /b ${missingFileExit}
:node_missing
>&2 echo stagedoor: the executable "%stagedoor_node%" is missing
exit /b ${missingFileExit}
:nothing
>&2 echo stagedoor: there is no Electron and no Node to run "%stagedoor_entry_file%"
exit /b ${noRuntimeExit}
`.replaceAll('\n', '\r\n');

/**
 * The texts of the launch shims for POSIX sh and Windows cmd (L-08). A file that was named and is missing makes them exit
 * with 66: never a silent fallback. The POSIX one becomes the runtime by `exec`, so that pid, IPC and signals stay.
 */
export const launchShim = (places: ShimPlaces): { readonly posix: string; readonly windows: string } => {
  const entry = relative('bundledEntry', places.bundledEntry);
  const exec = places.execRelative === undefined ? null : relative('execRelative', places.execRelative);
  return { posix: posixShim(entry, exec), windows: windowsShim(entry, exec) };
};

/** Writes both shims into `dir`, the POSIX one executable. Resolves to their paths. */
export const writeShims = async (
  fs: FileSystem,
  dir: string,
  places: ShimPlaces,
): Promise<readonly string[]> => {
  const { posix, windows } = launchShim(places);
  const paths = [path.join(dir, shimNames.posix), path.join(dir, shimNames.windows)] as const;
  await fs.promises.writeFile(paths[0], posix, { mode: 0o755 });
  await fs.promises.chmod(paths[0], 0o755);
  await fs.promises.writeFile(paths[1], windows);
  return paths;
};
