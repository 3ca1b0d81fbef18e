import type { CreateDiagnostic } from '@techze/contracts';
import { collectDiagnostic, type DiagnosticOptions } from '../collection/collect-diagnostic.js';
import { sectionProgress } from '../terminal/progress.js';
import { lookOf } from '../terminal/style.js';
import { renderCollection } from '../verdict/render-collection.js';
import { type CommonOptions, openState } from './agent-context.js';
import type { Session } from './session.js';

export interface CollectOptions extends CommonOptions {
  json?: boolean;
}

/** Reads this machine, with progress on a terminal unless `quiet`. */
export async function readMachine(
  session: Session,
  options: DiagnosticOptions,
  quiet: boolean,
): Promise<CreateDiagnostic> {
  const machine = await session.openMachine();
  try {
    if (!quiet && session.stderr.isTTY) session.stderr.write('Reading this machine …\n');
    const onSection = quiet ? undefined : sectionProgress(session.stderr, lookOf(session.stderr, session.env));
    return await collectDiagnostic(machine, { ...options, onSection });
  } finally {
    machine.close();
  }
}

/** `techze-agent collect`: reads this machine and prints what it found; contacts nobody. */
export async function collect(session: Session, options: CollectOptions): Promise<void> {
  const { json = false } = options;
  const { type, include, tags } = openState(session, options).settings;
  const body = await readMachine(session, { type, include, tags }, json);
  const text = json
    ? `${JSON.stringify(body, null, 2)}\n`
    : renderCollection(body, lookOf(session.stdout, session.env));
  session.stdout.write(text);
}
