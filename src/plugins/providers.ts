import { StagedoorError } from '../failure.ts';
import { probeAbi } from '../natives/probe.ts';
import type { Settings } from '../settings.ts';
import { abiFor } from './compiled.ts';
import type { PluginProvider } from './provider.ts';
import type { LoadProvider } from './verbs.ts';

/** Which packages fit is a question to the Python that will load them. */
const assertPython = async (exec: string): Promise<void> => {
  const abi = await probeAbi(exec);
  if (abi?.kind === 'python') return;
  const what = abi === null ? 'does not say that it is a Python' : 'is a Node';
  throw new StagedoorError(
    'SPAWN_FAILED',
    `a plugin of Python needs the runtime's Python, and ${exec} ${what}`,
    {
      hint: "Name the runtime's Python: --exec FILE.",
    },
  );
};

/** The two ecosystems, each loaded when a plugin of it is added or checked: npm's alone are hundreds of modules. */
export const providersFor =
  ({ launch, registry, projectConfig, proxyFor, systemCertificates, limits }: Settings): LoadProvider =>
  async ecosystem => {
    const { fs, exec, env } = launch;
    if (ecosystem === 'python') {
      const { createPythonProvider } = await import('./python/provider.ts');
      const provider = createPythonProvider({ exec, env, fs, limits });
      // Who only compares needs no interpreter.
      const resolve: PluginProvider['resolve'] = async (...asked) => {
        await assertPython(exec);
        return provider.resolve(...asked);
      };
      return { ...provider, resolve, abi: () => abiFor('python', exec) };
    }
    const { createNpmProvider } = await import('./npm/provider.ts');
    const probed = await probeAbi(exec);
    const execFacts = probed?.kind === 'node' ? probed : null;
    const source = { fs, registry, projectConfig, proxyFor, systemCertificates, limits };
    return { ...createNpmProvider({ ...source, execFacts }), abi: async () => execFacts };
  };
