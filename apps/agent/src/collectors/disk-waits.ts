import type { Systeminformation as Si } from 'systeminformation';
import { z } from 'zod';
import { askPowerShell, SCRIPT_START } from '../machine/powershell.js';
import type { SystemProbe } from '../machine/system-probe.js';

/** How long the disks took to answer, on average over the sampled second; null where too few answers say nothing. */
export interface DiskWaits {
  read_await_ms: number | null;
  write_await_ms: number | null;
}

const MIN_ANSWERS = 10;

const average = (ms: number, answers: number) => (answers >= MIN_ANSWERS && ms >= 0 ? ms / answers : null);

/** From two samples of the kernel's counters; macOS does not count the time. */
export function waitsBetween(first: Si.DisksIoData | undefined | null, second: Si.DisksIoData): DiskWaits {
  if (!first || second.rWaitTime + second.wWaitTime === 0) return { read_await_ms: null, write_await_ms: null };
  return {
    read_await_ms: average(second.rWaitTime - first.rWaitTime, second.rIO - first.rIO),
    write_await_ms: average(second.wWaitTime - first.wWaitTime, second.wIO - first.wIO),
  };
}

/** The raw counters, twice: those that Windows makes ready are in whole seconds. */
const SCRIPT = `${SCRIPT_START}
function Sample { Get-CimInstance Win32_PerfRawData_PerfDisk_PhysicalDisk -Filter 'Name=''_Total''' | ForEach-Object { @{ frequency = [double]$_.Frequency_PerfTime; read = [double]$_.AvgDisksecPerRead; reads = [double]$_.AvgDisksecPerRead_Base; write = [double]$_.AvgDisksecPerWrite; writes = [double]$_.AvgDisksecPerWrite_Base } } }
$first = Sample
Start-Sleep -Seconds 1
$second = Sample
ConvertTo-Json -Compress @{ first = $first; second = $second }`;

const Sample = z.object({
  frequency: z.number().positive(),
  read: z.number(),
  reads: z.number(),
  write: z.number(),
  writes: z.number(),
});
const Answer = z.object({ first: Sample.nullable(), second: Sample.nullable() });

/** Counters of 32 bits run over. */
const since = (before: number, after: number) => (after - before + 2 ** 32) % 2 ** 32;

/** Windows, which the library has no disk counters of. Null where it does not count. */
export async function readWindowsWaits(machine: SystemProbe): Promise<DiskWaits | null> {
  const { first, second } = await askPowerShell(machine, SCRIPT, Answer);
  if (first === null || second === null) return null;
  const ms = (ticks: number) => (ticks / second.frequency) * 1_000;
  return {
    read_await_ms: average(ms(since(first.read, second.read)), since(first.reads, second.reads)),
    write_await_ms: average(ms(since(first.write, second.write)), since(first.writes, second.writes)),
  };
}
