import type { Settings } from '../settings.ts';
import type { LoadProvider } from './verbs.ts';

/** The two ecosystems, each loaded when a plugin of it is added or checked: npm's alone are hundreds of modules. */
export const providersFor =
  ({ launch, registry, projectConfig, proxyFor, systemCertificates, limits }: Settings): LoadProvider =>
  async ecosystem => {
    const { fs, exec, env } = launch;
    if (ecosystem === 'python') {
      const { createPythonProvider } = await import('./python/provider.ts');
      return createPythonProvider({ exec, env, fs, limits });
    }
    const { createNpmProvider } = await import('./npm/provider.ts');
    return createNpmProvider({ fs, registry, projectConfig, proxyFor, systemCertificates, limits });
  };
