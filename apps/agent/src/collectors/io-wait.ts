import type { SystemProbe } from '../machine/system-probe.js';

/** Ticks of all processors together since boot. */
export interface CpuTicks {
  iowait: number;
  total: number;
}

/** The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal; the guests' are in user already. */
export async function readCpuTicks(machine: SystemProbe): Promise<CpuTicks | undefined> {
  if (machine.platform !== 'linux') return undefined;
  const line = /^cpu +(.*)$/m.exec((await machine.readText('/proc/stat')) ?? '')?.[1];
  const ticks = line?.split(' ').map(Number).slice(0, 8) ?? [];
  const total = ticks.reduce((sum, each) => sum + each, 0);
  return total > 0 ? { iowait: ticks[4] ?? 0, total } : undefined;
}

/** Percent of the time in which nothing ran because the disk had not yet answered; null where that is not counted. */
export function ioWaitBetween(first: CpuTicks | undefined, second: CpuTicks | undefined): number | null {
  if (first === undefined || second === undefined || second.total <= first.total) return null;
  const percent = ((second.iowait - first.iowait) / (second.total - first.total)) * 100;
  return Math.min(100, Math.max(0, percent));
}
