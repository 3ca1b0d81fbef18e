import type { SystemProbe } from './system-probe.js';

/** A service as systemd sees it. */
export interface ServiceUnit {
  name: string;
  running: boolean;
  failed: boolean;
  /** systemd's own word: active, inactive, failed, activating … */
  state: string;
  /** systemd's own word: enabled, disabled, static, masked …; empty when unknown. */
  startmode: string;
}

const PLAIN = ['--no-legend', '--no-pager', '--plain', '--full'];

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

/** All loaded service units, the failed ones first. */
export async function listServiceUnits(machine: SystemProbe): Promise<ServiceUnit[]> {
  const [units, files] = await Promise.all([
    systemctl(machine, ['list-units', '--all', '--type=service', ...PLAIN]),
    systemctl(machine, ['list-unit-files', '--type=service', ...PLAIN]),
  ]);
  const startmodes = new Map(files.map(([name = '', state = '']) => [name, state]));
  return units
    .filter(([, load]) => load !== 'not-found')
    .map(([name = '', , state = '']) => ({
      name: name.replace(/\.service$/, ''),
      running: state === 'active',
      failed: state === 'failed',
      state,
      startmode: startmodes.get(name) ?? '',
    }))
    .sort((a, b) => Number(b.failed) - Number(a.failed));
}

/** Names of all units in the failed state, services and others. */
export async function listFailedUnits(machine: SystemProbe): Promise<string[]> {
  const units = await systemctl(machine, ['list-units', '--state=failed', ...PLAIN]);
  return units.map(([name = '']) => name);
}

/** Whether the clock follows a time server; null when systemd does not know. */
export async function isClockSynchronised(machine: SystemProbe): Promise<boolean | null> {
  const { stdout } = await machine.runProgram('timedatectl', ['show', '--property=NTPSynchronized', '--value']);
  const answer = stdout.trim();
  return answer === 'yes' ? true : answer === 'no' ? false : null;
}
