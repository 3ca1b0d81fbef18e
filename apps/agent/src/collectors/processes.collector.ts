import type { Systeminformation as Si } from 'systeminformation';
import type { Collector } from '../collection/collector.js';
import type { SystemProbe } from '../machine/system-probe.js';
import type { PrivacyClass } from '../settings/privacy-classes.js';

const MAX_PROCESSES = 50;

/** Some programs write behind their name what they are doing, and for whom: `postgres: maria sales`. */
const firstWord = (name: string) => /^[^\s:]+/.exec(name)?.[0] ?? '';

/** The names of the programs alone. On macOS the library's hold arguments; there `ps` is asked for the executables. */
async function programNames(machine: SystemProbe): Promise<Map<number, string>> {
  if (machine.platform !== 'darwin') return new Map();
  const { stdout } = await machine.runProgram('/bin/ps', ['-axo', 'pid=,comm=']);
  const lines = stdout.split('\n').map((line) => /^\s*(\d+)\s+(.+?)\s*$/.exec(line));
  return new Map(lines.flatMap((match) => (match ? [[Number(match[1]), match[2]?.split('/').at(-1) ?? '']] : [])));
}

/** Windows names programs by their files: nothing is behind them. */
function nameOf({ pid, name }: Si.ProcessesProcessData, machine: SystemProbe, names: Map<number, string>): string {
  return machine.platform === 'win32' ? name : (names.get(pid) ?? firstWord(name));
}

/** How many processes there are, and the heaviest by CPU % (of the sampled second) plus memory %. */
export const processesCollector: Collector = {
  section: 'processes',
  prime: (machine) => machine.processes(),
  async collect(machine, { include }) {
    const [{ list, ...counts }, names] = await Promise.all([machine.processes(), programNames(machine)]);
    const heaviest = list
      .filter((process) => process.pid !== machine.pid && process.parentPid !== machine.pid)
      .sort((a, b) => b.cpu + b.mem - (a.cpu + a.mem))
      .slice(0, MAX_PROCESSES);
    const facts = heaviest.map((process) => ({
      ...publicFacts(process),
      name: nameOf(process, machine, names),
      ...privateFacts(process, include),
    }));
    return { status: 'ok', data: { ...counts, list: facts } };
  },
};

const publicFacts = ({ pid, parentPid, cpu, mem, memRss, state, started }: Si.ProcessesProcessData) => ({
  pid,
  parentPid,
  cpu,
  mem,
  memRss,
  state,
  started,
});

/** What tells of people and their files goes only where somebody asked for it; `path` and `tty` never go. */
const privateFacts = ({ user, command, params }: Si.ProcessesProcessData, include: readonly PrivacyClass[]) => ({
  ...(include.includes('users') && { user }),
  ...(include.includes('process-args') && { command, params }),
});
