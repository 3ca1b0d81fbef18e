import type { Collector } from '../collection/collector.js';
import { unavailable } from '../collection/section-result.js';
import type { SystemProbe } from '../machine/system-probe.js';
import { listServiceUnits, runsSystemd } from '../machine/systemd.js';

const MAX_SERVICES = 500;

/** On Linux the library looks for a service's name in the process list, and finds the wrong ones: systemd knows. */
async function readServices(machine: SystemProbe) {
  if (machine.platform === 'linux') return listServiceUnits(machine);
  const services = await machine.services();
  return services.map(({ name, running, startmode }) => ({ name, running, startmode }));
}

/** `services[]`: name, running, startmode, and with systemd also failed. */
export const servicesCollector: Collector = {
  section: 'services',
  async collect(machine) {
    if (machine.platform === 'darwin') return unavailable('services cannot be listed on macOS');
    if (machine.platform === 'linux' && !(await runsSystemd(machine))) {
      return unavailable('no service manager runs here (systemd), as in a container');
    }
    const services = await readServices(machine);
    if (services.length === 0) return unavailable('no services are listed here');
    const listed = services.slice(0, MAX_SERVICES);
    return {
      status: 'ok',
      data: { services: listed, total: services.length, truncated: listed.length < services.length },
    };
  },
};
