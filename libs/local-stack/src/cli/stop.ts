import { join } from 'node:path';
import { signal, isSame } from '../processes/process-table.js';
import { waitFor } from '../processes/wait-for.js';
import { projectRoot } from '../project-root.js';
import { stopLeftovers } from '../state/leftovers.js';
import { StateFolder } from '../state/state-folder.js';
import { supervisorOf } from '../state/supervisor-lock.js';

/** `npm run stop`: asks the running start to stop, and ends what a killed one left. */
const state = StateFolder.at(join(projectRoot(), '.techze'));
const supervisor = supervisorOf(state);
if (supervisor) {
  signal(supervisor.pid, 'SIGTERM');
  await waitFor(() => !isSame(supervisor), { timeoutMs: 60_000, everyMs: 50, what: 'npm start did not stop' });
}
const anything = state.exists && (await stopLeftovers(state));
process.stdout.write(supervisor || anything ? 'Stopped. Nothing is left running.\n' : 'Nothing was running.\n');
