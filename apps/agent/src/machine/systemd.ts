import type { SystemProbe } from './system-probe.js';

/** A service as systemd sees it. */
export interface ServiceUnit {
  name: string;
  running: boolean;
  /** `auto` starts at boot, `manual` on demand, `disabled` never; empty when unknown. */
  startmode: string;
  failed: boolean;
}

const startmodes: Record<string, string> = {
  enabled: 'auto',
  'enabled-runtime': 'auto',
  static: 'manual',
  indirect: 'manual',
  generated: 'auto',
  disabled: 'disabled',
  masked: 'disabled',
};

/** Whether systemd is in charge here, and not only installed as in a container. */
export async function runsSystemd(machine: SystemProbe): Promise<boolean> {
  return machine.platform === 'linux' && (await machine.readText('/proc/1/comm'))?.trim() === 'systemd';
}

async function systemctl(machine: SystemProbe, args: readonly string[]): Promise<string[][]> {
  const { code, stdout, stderr } = await machine.runProgram('systemctl', args);
  if (code !== 0) throw new Error(`systemctl ${args[0]}: ${stderr.trim() || 'no answer'}`);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([name]) => name);
}

/** All loaded service units. */
export async function listServiceUnits(machine: SystemProbe): Promise<ServiceUnit[]> {
  const plain = ['--type=service', '--no-legend', '--no-pager', '--plain', '--full'];
  const [units, files] = await Promise.all([
    systemctl(machine, ['list-units', '--all', ...plain]),
    systemctl(machine, ['list-unit-files', ...plain]),
  ]);
  const states = new Map(files.map(([name = '', state = '']) => [name, startmodes[state] ?? '']));
  return units
    .filter(([, load]) => load !== 'not-found')
    .map(([name = '', , active]) => ({
      name: name.replace(/\.service$/, ''),
      running: active === 'active',
      startmode: states.get(name) ?? '',
      failed: active === 'failed',
    }));
}

/** Names of all units in the failed state, services and others. */
export async function listFailedUnits(machine: SystemProbe): Promise<string[]> {
  const units = await systemctl(machine, [
    'list-units',
    '--state=failed',
    '--no-legend',
    '--no-pager',
    '--plain',
    '--full',
  ]);
  return units.map(([name = '']) => name);
}
