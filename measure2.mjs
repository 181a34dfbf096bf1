import { createNpmProvider } from './dist/src/plugins/npm/provider.js';
import { defaultLimits } from './dist/src/staging/limits.js';
import { nodeFileSystem as fs } from './dist/src/store/file-system.js';
const p = createNpmProvider({registry:undefined, limits:defaultLimits, fs});
for (const name of process.argv.slice(2)) { const t=performance.now(); try { const r = await p.resolve({ecosystem:'npm',name,spec:null},{schema:1,aliases:{},packages:[{ecosystem:'npm',name:'react',version:'18.3.1',place:'node_modules/react',integrity:null,modules:[]}]}, new AbortController().signal); console.log(name, r.version, r.packages.length, r.demands.length, Math.round(performance.now()-t),'ms', (await p.compare(r.demands,{schema:1,aliases:{},packages:[]})).conflicts.filter(c=>c.reason==='built-in').map(c=>c.as+'<'+c.chain.join('>')), Math.round(process.memoryUsage().rss/2**20)+'MB'); } catch(e) { console.log(name, e.code, e.message, Math.round(performance.now()-t)+'ms'); } }
