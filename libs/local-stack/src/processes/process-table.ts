import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process as it can be told from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the words of the operating system. */
  readonly started: string;
}

/** Whether a process runs. A zombie does not: in containers nobody may ever reap it. */
export function isAlive(pid: number): boolean {
  return startOf(pid) !== undefined;
}

/** @returns undefined when no such process runs */
export function identify(pid: number): ProcessIdentity | undefined {
  const started = startOf(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether the very process that was identified still runs. */
export function isSame({ pid, started }: ProcessIdentity): boolean {
  return startOf(pid) === started;
}

/** The command line of a process, its parts separated by spaces; empty when it is gone or hidden. */
export function commandOf(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** Processes that work inside a folder. Linux only; elsewhere none are found. */
export function processesIn(folder: string): number[] {
  if (process.platform !== 'linux') return [];
  return runningPids().filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === folder;
    } catch {
      return false;
    }
  });
}

/** Processes that a process has started and that still run. */
export function childrenOf(parent: number): number[] {
  try {
    if (process.platform === 'linux') return runningPids().filter((pid) => Number(statOf(pid)?.[1]) === parent);
    return execFileSync('pgrep', ['-P', String(parent)], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number);
  } catch {
    return []; // pgrep ends with 1 when there are none
  }
}

/** @returns whether the signal could be sent */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') return statOf(pid)?.[19];
  try {
    const [state, ...started] = execFileSync('ps', ['-p', String(pid), '-o', 'state=,lstart='], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return state?.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
}

function runningPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(isAlive);
}

/** Fields of /proc/<pid>/stat from the third on (proc(5)); undefined when the process is gone or a zombie. */
function statOf(pid: number): string[] | undefined {
  try {
    // The second field is the command in parentheses, which may hold anything: count from its end.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields;
  } catch {
    return undefined;
  }
}
