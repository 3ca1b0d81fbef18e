import { readFileSync } from 'node:fs';
import { childrenOf } from '../../../../dist/libs/local-stack/src/index.js';

/** What the kernel counts in, everywhere. */
const MICROS_PER_TICK = 10_000;

/**
 * Processor time in µs of a process and of all that it started, those that ended too. Linux only.
 * @returns {number | undefined}
 */
export function processorMicros(pid) {
  if (process.platform !== 'linux') return undefined;
  const [own, ended] = ticksOf(pid);
  const running = childrenOf(pid).map((child) => ticksOf(child)[0]);
  return (own + ended + running.reduce((sum, each) => sum + each, 0)) * MICROS_PER_TICK;
}

/** Its own ticks, and those of its children that have ended. */
function ticksOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return [fields[11] + fields[12], fields[13] + fields[14]];
  } catch {
    return [0, 0]; // it ended meanwhile, and is counted with its parent's
  }
}
