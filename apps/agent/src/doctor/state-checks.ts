import { randomUUID } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { isFailure, messageOf } from '../failure.js';
import { Spool, spoolLimits } from '../spool/spool.js';
import { readAgentId } from '../state/agent-identity.js';
import { writeDurably } from '../state/durable-file.js';
import { readEnrollment } from '../state/enrollment.js';
import type { StateFolder } from '../state/state-folder.js';
import { formatBytes } from '../verdict/evidence-text.js';
import type { Check } from './check.js';

const OTHERS = 0o077;
const NEARLY_FULL = 0.9;

function failed(area: Check['area'], name: string, error: unknown): Check {
  const hint = isFailure(error) ? error.hints.at(-1) : undefined;
  return { area, name, status: 'attention', detail: messageOf(error), ...(hint && { hint }) };
}

/** The answer of a check, or that it failed. */
function guarded(area: Check['area'], name: string, check: () => Check): Check {
  try {
    return check();
  } catch (error) {
    return failed(area, name, error);
  }
}

function checkWritable(folder: StateFolder): Check {
  folder.make();
  const probe = folder.file(`doctor-${randomUUID()}`);
  try {
    writeDurably(probe, 'can this be written?\n');
  } catch (error) {
    throw folder.failure(error);
  } finally {
    rmSync(probe, { force: true });
  }
  return { area: 'state', name: 'folder', status: 'ok', detail: `${folder.path} can be written` };
}

/** Windows has no such bits: there the folder of the user is private by inheritance. */
function checkPermissions(folder: StateFolder): Check {
  const base = { area: 'state', name: 'permissions' } as const;
  if (process.platform === 'win32') return { ...base, status: 'info', detail: 'are those of the folder above' };
  const open = ['.', 'agent.json', 'enrollment.json', 'spool'].filter((name) => {
    const file = statSync(folder.file(name), { throwIfNoEntry: false });
    return file !== undefined && (file.mode & OTHERS) !== 0;
  });
  if (open.length === 0) return { ...base, status: 'ok', detail: 'only this user may look inside' };
  const names = open.map((name) => folder.file(name)).join(' ');
  return { ...base, status: 'attention', detail: `others may look into ${names}`, hint: `chmod go= ${names}` };
}

function checkEnrollment(folder: StateFolder): Check {
  const base = { area: 'state', name: 'enrolment' } as const;
  const enrollment = readEnrollment(folder);
  if (enrollment === undefined) {
    return {
      ...base,
      status: 'info',
      detail: 'this machine is not enrolled',
      hint: 'techze-agent enroll --server URL',
    };
  }
  const { server, device_id: id, enrolled_at: since } = enrollment;
  return { ...base, status: 'ok', detail: `${id} at ${server} since ${since}` };
}

/** The folder and what is in it. */
export function checkState(folder: StateFolder): Check[] {
  return [
    guarded('state', 'folder', () => checkWritable(folder)),
    guarded('state', 'permissions', () => checkPermissions(folder)),
    guarded('state', 'agent', () => {
      const id = readAgentId(folder);
      return { area: 'state', name: 'agent', status: 'info', detail: id ?? 'has no identity yet' };
    }),
    guarded('state', 'enrolment', () => checkEnrollment(folder)),
  ];
}

function checkWaiting(spool: Spool): Check {
  const [count, bytes] = [spool.list().length, spool.bytes()];
  const fullness = Math.max(count / spoolLimits.count, bytes / spoolLimits.bytes);
  const base = { area: 'spool', name: 'waiting', detail: `${count} diagnostics, ${formatBytes(bytes)}` } as const;
  if (fullness < NEARLY_FULL) return { ...base, status: 'ok' };
  return { ...base, status: 'attention', hint: 'techze-agent spool flush: soon the oldest are dropped' };
}

function checkLost(spool: Spool): Check {
  const [rejected, corrupt] = [spool.rejected().length, spool.corruptCount()];
  const dropped = spool.dropped();
  const detail = `${rejected} refused, ${corrupt} damaged, ${dropped?.count ?? 0} dropped because it was full`;
  const base = { area: 'spool', name: 'lost', detail } as const;
  if (rejected + corrupt === 0) return { ...base, status: dropped ? 'info' : 'ok' };
  return { ...base, status: 'attention', hint: 'see techze-agent spool list; then techze-agent spool purge-rejected' };
}

export function checkSpool(folder: StateFolder): Check[] {
  const spool = new Spool(folder.file('spool'));
  return [guarded('spool', 'waiting', () => checkWaiting(spool)), guarded('spool', 'lost', () => checkLost(spool))];
}
