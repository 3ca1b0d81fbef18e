import type { SystemProbe } from './system-probe.js';

/** A job of launchd. Whether it should be running is not said: most are started when needed. */
export interface LaunchdJob {
  name: string;
  running: boolean;
  startmode: 'launchd';
  /** Of its last run; negative when a signal ended it. */
  exit_status: number | null;
}

/** The jobs that the user who runs the agent can see, those that ended badly first; Apple's own numbers vary wildly. */
export async function listLaunchdJobs(machine: SystemProbe): Promise<LaunchdJob[]> {
  const { code, stdout, stderr } = await machine.runProgram('/bin/launchctl', ['list']);
  if (code !== 0) throw new Error(`launchctl list: ${stderr.trim() || 'no answer'}`);
  const rows = stdout
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'));
  return rows
    .flatMap(([pid = '', status = '', name]) => {
      if (!name) return [];
      const exitStatus = /^-?\d+$/.test(status) ? Number(status) : null;
      return [{ name, running: pid !== '-', startmode: 'launchd' as const, exit_status: exitStatus }];
    })
    .sort((a, b) => Number(b.exit_status !== 0) - Number(a.exit_status !== 0));
}
