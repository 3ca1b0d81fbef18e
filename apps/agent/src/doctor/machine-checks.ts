import type { Section } from '@techze/contracts';
import type { SystemProbe } from '../machine/system-probe.js';
import { runsSystemd } from '../machine/systemd.js';
import type { Check } from './check.js';
import { installHint, type Tool } from './install-hint.js';

type Sections = Readonly<Record<string, Section>>;

/** How to run as somebody who may read more. */
function elevation({ platform }: SystemProbe): string {
  return platform === 'win32'
    ? 'run it from a terminal of an administrator'
    : 'run it with sudo, or as a service of root';
}

function deniedHint(name: string, machine: SystemProbe): string {
  if (name === 'stability' && machine.platform === 'linux') {
    return `sudo usermod -aG systemd-journal $USER, then log in again; or ${elevation(machine)}`;
  }
  if (name === 'stability' && machine.platform === 'darwin') return 'use an account of the group admin';
  return elevation(machine);
}

function sectionCheck(name: string, { status, error }: Section, machine: SystemProbe): Check {
  const detail = error ?? (status === 'ok' ? 'can be read' : status);
  if (status === 'ok' || status === 'unavailable') {
    return { area: 'machine', name, status: status === 'ok' ? 'ok' : 'info', detail };
  }
  const hint = status === 'denied' ? deniedHint(name, machine) : 'run it again; if it stays so, report it';
  return { area: 'machine', name, status: 'attention', detail: `${status}: ${detail}`, hint };
}

async function toolCheck(machine: SystemProbe, tool: Tool, use: string): Promise<Check> {
  const present = await machine.hasProgram(tool);
  return present
    ? { area: 'machine', name: tool, status: 'ok', detail: 'is installed' }
    : {
        area: 'machine',
        name: tool,
        status: 'attention',
        detail: `is not installed: ${use}`,
        hint: await installHint(machine, tool),
      };
}

const listOf = (section: Section | undefined, key: string): unknown[] => {
  const list = section?.data?.[key];
  return Array.isArray(list) ? list : [];
};

/** Who runs the agent: much of a machine is only told to its administrator. */
function userCheck(machine: SystemProbe): Check {
  const base = { area: 'machine', name: 'user' } as const;
  if (machine.isRoot === true) return { ...base, status: 'ok', detail: 'root' };
  if (machine.isRoot === null) return { ...base, status: 'info', detail: 'an administrator can read more than others' };
  const detail = 'not root: SMART, the memory modules and the rules of the firewall cannot be read';
  return { ...base, status: 'attention', detail, hint: elevation(machine) };
}

/** The tools that would tell more of this very machine. */
async function toolChecks(machine: SystemProbe, sections: Sections): Promise<Check[]> {
  const { virtual } = await machine.system().catch(() => ({ virtual: false }));
  const hasDisks = listOf(sections.storage, 'diskLayout').length > 0;
  const isBlindToHeat = sections.thermal?.status === 'unavailable';
  const wanted: [Tool, boolean, string][] = [
    ['smartctl', hasDisks, 'the health of the disks cannot be read'],
    ['dmidecode', machine.platform === 'linux' && !virtual, 'the memory modules cannot be read'],
    ['sensors', machine.platform === 'linux' && !virtual && isBlindToHeat, 'the drivers of the sensors may be missing'],
  ];
  const needed = wanted.filter(([, needs]) => needs);
  return Promise.all(needed.map(([tool, , use]) => toolCheck(machine, tool, use)));
}

async function systemCheck(machine: SystemProbe): Promise<Check[]> {
  const base = { area: 'machine' } as const;
  if (machine.platform === 'win32') {
    const present = await machine.hasProgram('powershell');
    const hint = present ? {} : { hint: 'put C:\\Windows\\System32\\WindowsPowerShell\\v1.0 on the PATH' };
    const status = present ? 'ok' : 'attention';
    return [{ ...base, name: 'powershell', status, detail: present ? 'is installed' : 'is not found', ...hint }];
  }
  if (machine.platform !== 'linux') return [];
  const systemd = await runsSystemd(machine);
  const detail = systemd ? 'is in charge' : 'does not run here: no services, no journal';
  return [{ ...base, name: 'systemd', status: systemd ? 'ok' : 'info', detail }];
}

/** What can be read of this machine as this user, and what would help. */
export async function checkMachine(machine: SystemProbe, sections: Sections): Promise<Check[]> {
  return [
    userCheck(machine),
    ...(await systemCheck(machine)),
    ...(await toolChecks(machine, sections)),
    ...Object.entries(sections).map(([name, section]) => sectionCheck(name, section, machine)),
  ];
}
