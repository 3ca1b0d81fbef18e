import { collectSections } from '../collection/collect-sections.js';
import { partLimitOf } from '../collection/collect-diagnostic.js';
import { collectorsOf } from '../collectors/collectors-of.js';
import type { Check } from '../doctor/check.js';
import { checkMachine } from '../doctor/machine-checks.js';
import { renderChecks } from '../doctor/render-checks.js';
import { checkServer } from '../doctor/server-checks.js';
import { checkSpool, checkState } from '../doctor/state-checks.js';
import { exitCodes, Failure, isFailure } from '../failure.js';
import { StateFolder } from '../state/state-folder.js';
import { lookOf } from '../terminal/style.js';
import { type CommonOptions, openAgent } from './agent-context.js';
import type { Session } from './session.js';

export interface DoctorOptions extends CommonOptions {
  json?: boolean;
}

async function examineMachine(session: Session): Promise<Check[]> {
  const machine = await session.openMachine();
  try {
    const context = { partLimitMs: partLimitOf(machine), include: [] };
    return await checkMachine(machine, await collectSections(machine, collectorsOf('full'), context));
  } finally {
    machine.close();
  }
}

async function examineServer(session: Session, options: CommonOptions): Promise<Check[]> {
  try {
    const { access } = await openAgent(session, options, { onRetry: () => undefined });
    return await checkServer(access, () => session.clock.now());
  } catch (error) {
    if (!isFailure(error)) throw error;
    const hint = error.hints[0];
    return [{ area: 'server', name: 'set-up', status: 'attention', detail: error.message, ...(hint && { hint }) }];
  }
}

/** `techze-agent doctor`: what this user can read here, what to install, and whether diagnostics get through. */
export async function doctor(session: Session, options: DoctorOptions): Promise<void> {
  const folder = StateFolder.of(options.stateDir, session.env, session.host);
  if (options.json !== true && session.stderr.isTTY) session.stderr.write('Looking at this machine …\n');
  const checks = [
    ...(await examineMachine(session)),
    ...checkState(folder),
    ...(await examineServer(session, options)),
    ...checkSpool(folder),
  ];
  const needing = checks.filter(({ status }) => status === 'attention').length;
  session.stdout.write(
    options.json === true
      ? `${JSON.stringify({ ok: needing === 0, checks }, null, 2)}\n`
      : renderChecks(checks, lookOf(session.stdout, session.env)),
  );
  if (needing > 0) throw new QuietFailure(exitCodes.attention);
}

/** Everything has been said. */
export class QuietFailure extends Failure {
  constructor(exitCode: Failure['exitCode']) {
    super(exitCode, '');
  }
}
