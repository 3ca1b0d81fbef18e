/** What a week of the kernel's warnings says of the machine. */
export interface KernelEvents {
  oomKills: number;
  oopses: number;
  hardwareErrors: number;
  diskErrors: number;
}

const OOM_KILL = /\b(?:Out of memory|Memory cgroup out of memory): Kill(?:ed)? process\b/;
/** An oops prints one of these first, then its registers and stack. */
const OOPS =
  /\bkernel: (?:BUG: (?:unable to handle|kernel NULL)|kernel BUG at |Kernel panic - not syncing|general protection fault|Oops: |Internal error: Oops)/;
const HARDWARE_ERROR = /\[Hardware Error\]:|\bEDAC .*\b\d+ UE\b/;
/** Not of CD drives and floppies, which report a missing medium like this. */
const DISK_ERROR =
  /\b(?:I\/O error, dev (?!sr|fd|loop)|critical (?:medium|target) error, dev (?!sr|fd)|ata\d+(?:\.\d+)?: failed command:|nvme\d+: I\/O \d+ .*timeout)/;

/** One event prints many lines within its second. */
function countSeconds(lines: readonly string[], pattern: RegExp): number {
  return new Set(lines.filter((line) => pattern.test(line)).map((line) => line.split('.')[0])).size;
}

/** Counts in lines of `1763798400.123456 host kernel: message`. */
export function countKernelEvents(lines: readonly string[]): KernelEvents {
  return {
    oomKills: lines.filter((line) => OOM_KILL.test(line)).length,
    oopses: countSeconds(lines, OOPS),
    hardwareErrors: countSeconds(lines, HARDWARE_ERROR),
    diskErrors: countSeconds(lines, DISK_ERROR),
  };
}
