import type { z } from 'zod';
import { parseJson } from '../state/parse-json.js';
import type { SystemProbe } from './system-probe.js';

const LIMIT_MS = 20_000;

/**
 * Runs a script of ours in the PowerShell that every Windows has, and reads the JSON that it prints. The script is a
 * literal: nothing that came from elsewhere is ever part of it.
 */
export async function askPowerShell<T>(machine: SystemProbe, script: string, schema: z.ZodType<T>): Promise<T> {
  const args = ['-NoProfile', '-NonInteractive', '-Command', script];
  const { code, stdout, stderr } = await machine.runProgram('powershell.exe', args, LIMIT_MS);
  const answer = parseJson(stdout.replace(/^\uFEFF/, ''), schema);
  if (answer !== undefined) return answer;
  const why =
    stderr.trim().split('\n')[0] || (code === null ? 'it did not end in time' : 'its answer is not understood');
  throw new Error(`PowerShell: ${why}`);
}

/** What every script begins with: errors of one query leave its answer empty, and text comes as UTF-8. */
export const SCRIPT_START = [
  "$ErrorActionPreference = 'SilentlyContinue'",
  "$ProgressPreference = 'SilentlyContinue'",
  '[Console]::OutputEncoding = [Text.Encoding]::UTF8',
].join('; ');
