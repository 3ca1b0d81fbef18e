import { CreateDiagnostic, type DiagnosticType, type Section } from '@techze/contracts';
import { collectorsOf } from '../collectors/collectors-of.js';
import { exitCodes, Failure } from '../failure.js';
import type { SystemProbe } from '../machine/system-probe.js';
import { AGENT_VERSION } from '../version.js';
import { collectSections, type CollectionOptions } from './collect-sections.js';
import { identifyDevice } from './device-identity.js';
import { fitBody } from './fit-body.js';

/** PowerShell queries of Windows take seconds; elsewhere a read that takes longer hangs. */
const PART_LIMIT_MS = 8_000;
const PART_LIMIT_WINDOWS_MS = 25_000;

export interface DiagnosticOptions extends Partial<CollectionOptions> {
  type: DiagnosticType;
  notes?: string;
  tags?: readonly string[];
  /** The agent's own UUID, where it has one. */
  agentId?: string;
}

export function partLimitOf({ platform }: SystemProbe): number {
  return platform === 'win32' ? PART_LIMIT_WINDOWS_MS : PART_LIMIT_MS;
}

const isEmpty = (section: Section) => section.status !== 'ok' && section.data === undefined;

/**
 * One dated diagnostic of this machine, ready to be sent.
 * @throws Failure (exit 3) when no section could be read, or when the body does not fit the contract
 */
export async function collectDiagnostic(
  machine: SystemProbe,
  { type, notes, tags = [], agentId, include = [], ...options }: DiagnosticOptions,
): Promise<CreateDiagnostic> {
  const partLimitMs = options.partLimitMs ?? partLimitOf(machine);
  const collectedAt = new Date();
  const startedAt = performance.now();
  const sections = await collectSections(machine, collectorsOf(type, include), { ...options, partLimitMs, include });
  if (Object.values(sections).every(isEmpty)) {
    const reasons = Object.entries(sections).map(([name, section]) => `${name}: ${section.error ?? section.status}`);
    throw new Failure(exitCodes.nothingCollected, 'No section of this machine could be read.', reasons);
  }
  const device = await identifyDevice(machine, partLimitMs);
  const body = fitBody({
    device,
    type,
    collected_at: collectedAt.toISOString(),
    duration_ms: Math.round(performance.now() - startedAt),
    schema_version: 1,
    ...(notes !== undefined && { notes }),
    tags: [...tags],
    agent: { ...(agentId !== undefined && { id: agentId }), version: AGENT_VERSION },
    sections,
  });
  const checked = CreateDiagnostic.safeParse(body);
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`);
  throw new Failure(
    exitCodes.nothingCollected,
    'What was collected does not fit the format of a diagnostic: this is a defect of the agent.',
    faults.slice(0, 10),
  );
}
