import type { Systeminformation as Si } from 'systeminformation';
import type { Collector } from '../collection/collector.js';

const MAX_PROCESSES = 50;

/** What may leave the machine. Never `user`, `command`, `params`, `path`, `tty`: they tell of people and their files. */
const publicFacts = ({ pid, parentPid, name, cpu, mem, memRss, state, started }: Si.ProcessesProcessData) => ({
  pid,
  parentPid,
  name,
  cpu,
  mem,
  memRss,
  state,
  started,
});

/** How many processes there are, and the heaviest by CPU % (of the sampled second) plus memory %. */
export const processesCollector: Collector = {
  section: 'processes',
  prime: (machine) => machine.processes(),
  async collect(machine) {
    const { list, ...counts } = await machine.processes();
    const heaviest = list
      .filter((process) => process.pid !== machine.pid && process.parentPid !== machine.pid)
      .sort((a, b) => b.cpu + b.mem - (a.cpu + a.mem))
      .slice(0, MAX_PROCESSES);
    return { status: 'ok', data: { ...counts, list: heaviest.map(publicFacts) } };
  },
};
