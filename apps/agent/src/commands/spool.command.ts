import { exitCodes, Failure } from '../failure.js';
import { formatBytes } from '../verdict/evidence-text.js';
import { sendSpooled } from '../spool/send-spooled.js';
import { Spool, spoolLimits } from '../spool/spool.js';
import type { SpoolEntry } from '../spool/spooled-file.js';
import { LockHeldError } from '../state/process-lock.js';
import { StateFolder } from '../state/state-folder.js';
import { printable } from '../terminal/style.js';
import { type CommonOptions, openAgent, warnIfExposed } from './agent-context.js';
import type { Session } from './session.js';

export interface SpoolListOptions extends CommonOptions {
  json?: boolean;
}

/** One line about a diagnostic that will not be sent. */
export function describeLost({ collectedAt }: SpoolEntry, words: string): string {
  return `The diagnostic of ${collectedAt.toISOString()} ${printable(words)}.\n`;
}

function openSpool(session: Session, options: CommonOptions): Spool {
  return new Spool(StateFolder.of(options.stateDir, session.env, session.host).file('spool'));
}

/** `techze-agent spool list`: what waits, what was refused, what was lost. */
export function listSpool(session: Session, options: SpoolListOptions): void {
  const spool = openSpool(session, options);
  const waiting = spool.list();
  const rejected = spool.rejected();
  const report = {
    waiting: waiting.map(({ key, collectedAt, firstTriedAt }) => ({
      key,
      collected_at: collectedAt.toISOString(),
      first_tried_at: firstTriedAt?.toISOString() ?? null,
    })),
    bytes: spool.bytes(),
    limits: spoolLimits,
    rejected: rejected.map(({ entry, reason }) => ({
      key: entry.key,
      collected_at: entry.collectedAt.toISOString(),
      reason: reason ?? null,
    })),
    corrupt: spool.corruptCount(),
    dropped: spool.dropped() ?? { count: 0, last_at: null },
  };
  if (options.json === true) {
    session.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const lines = [
    `${waiting.length} of at most ${spoolLimits.count} diagnostics wait, ${formatBytes(report.bytes)} of ${formatBytes(spoolLimits.bytes)}.`,
    ...waiting.map(({ collectedAt, firstTriedAt }) => {
      const tried = firstTriedAt === null ? 'not tried yet' : `tried first at ${firstTriedAt.toISOString()}`;
      return `  ${collectedAt.toISOString()}  ${tried}`;
    }),
    ...(rejected.length > 0 ? [`${rejected.length} were refused for good:`] : []),
    ...rejected.map(({ entry, reason }) => `  ${entry.collectedAt.toISOString()}  ${printable(reason ?? '')}`),
    ...(report.corrupt > 0 ? [`${report.corrupt} were damaged on this disk.`] : []),
    ...(report.dropped.count > 0
      ? [`${report.dropped.count} were dropped because the spool was full, the last at ${report.dropped.last_at}.`]
      : []),
  ];
  session.stdout.write(`${lines.join('\n')}\n`);
}

/** `techze-agent spool flush`: sends what waits. */
export async function flushSpool(session: Session, options: CommonOptions): Promise<void> {
  const { access, accesses, agentId, spool } = await openAgent(session, options);
  warnIfExposed(session, access.server);
  const lock = takeLock(spool);
  try {
    const report = await sendSpooled(spool, {
      accesses,
      agentId,
      now: () => session.clock.now(),
      onStored: (entry, { id }) => session.stdout.write(`${entry.collectedAt.toISOString()}  ${id}\n`),
      onLost: (entry, words) => session.stderr.write(describeLost(entry, words)),
    });
    const waiting = spool.list().length;
    session.stdout.write(`${report.stored} sent, ${waiting} wait.\n`);
    if (report.failure !== undefined) throw report.failure;
    if (report.rejected > 0) throw new Failure(exitCodes.refused, `${report.rejected} were refused for good.`);
    if (report.withoutAccess > 0) {
      throw new Failure(exitCodes.usage, `${report.withoutAccess} wait for the account that they were collected with.`);
    }
  } finally {
    lock.release();
  }
}

/** `techze-agent spool purge-rejected`: removes what was refused and what was damaged. */
export function purgeRejected(session: Session, options: CommonOptions): void {
  session.stdout.write(`${openSpool(session, options).purge()} removed.\n`);
}

function takeLock(spool: Spool) {
  try {
    return spool.lock();
  } catch (error) {
    if (!(error instanceof LockHeldError)) throw error;
    throw new Failure(exitCodes.busy, `Process ${error.pid} is sending already.`);
  }
}
