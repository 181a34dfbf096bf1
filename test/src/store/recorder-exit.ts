/** `node recorder-exit.js STORE`: a step, and the end of the process at once. */
import { nodeFileSystem } from '#src/store/file-system.js';
import { storeLayout } from '#src/store/layout.js';
import { openRecorder } from '#src/store/recorder.js';

const recorder = openRecorder(nodeFileSystem, storeLayout(process.argv[2] ?? ''), { packageName: 'app' });
recorder.begin();
recorder.step({ chart: 'update', by: 'the last one', state: 'x', moved: true, version: null });
process.exit(0);
