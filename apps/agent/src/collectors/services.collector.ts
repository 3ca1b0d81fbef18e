import type { Collector } from '../collection/collector.js';
import { unavailable } from '../collection/section-result.js';
import { listLaunchdJobs } from '../machine/launchd.js';
import type { SystemProbe } from '../machine/system-probe.js';
import { listServiceUnits, runsSystemd } from '../machine/systemd.js';

const MAX_SERVICES = 500;

/** On Linux the library looks for a service's name in the process list, and finds the wrong ones: systemd knows. */
async function readServices(machine: SystemProbe) {
  if (machine.platform === 'linux') return listServiceUnits(machine);
  if (machine.platform === 'darwin') return listLaunchdJobs(machine);
  const services = await machine.services();
  return services.map(({ name, running, startmode }) => ({ name, running, startmode }));
}

/**
 * `services[]`: name, running, startmode; with systemd also state (active, inactive, failed …) and failed; with launchd
 * also the exit status of the last run.
 */
export const servicesCollector: Collector = {
  section: 'services',
  async collect(machine) {
    if (machine.platform === 'linux' && !(await runsSystemd(machine))) {
      return unavailable('systemd does not run here, as in a container');
    }
    const services = await readServices(machine);
    if (services.length === 0) return unavailable('no services are listed here');
    return { status: 'ok', data: { total: services.length, services: services.slice(0, MAX_SERVICES) } };
  },
};
