import type { Section } from '@techze/contracts';
import type { SystemProbe } from '../machine/system-probe.js';
import { cleanData, cleanText } from './clean-data.js';
import type { Collector, CollectorContext } from './collector.js';
import { faultOf, withTimeLimit } from './read-parts.js';
import type { SectionResult } from './section-result.js';

/** Between the two samples of a rate; shorter gives noise, and the library keeps its old answer below 0.5 s. */
const SAMPLE_GAP_MS = 1_000;
/** A collector reads its parts within their own limits; this is the net below them. */
const COLLECTOR_GRACE_MS = 2_000;

export interface CollectionOptions extends CollectorContext {
  /** Told of every section as it is read, in the order of arrival. */
  onSection?: (name: string, section: Section) => void;
}

function toSection(result: SectionResult, startedAt: number): Section {
  const words = result.status === 'ok' ? result.note : result.reason;
  return {
    status: result.status,
    collected_ms: Math.round(performance.now() - startedAt),
    ...(result.data && { data: cleanData(result.data) as Record<string, unknown> }),
    ...(words && { error: cleanText(words) || 'no reason given' }),
  };
}

/**
 * Reads all sections. First samples, a second in which the agent itself is silent (it would measure its own load),
 * then everything side by side.
 * @returns one section for every collector, in the collectors' order, whatever happened
 */
export async function collectSections(
  machine: SystemProbe,
  collectors: readonly Collector[],
  { onSection, ...context }: CollectionOptions,
): Promise<Record<string, Section>> {
  const limitMs = context.partLimitMs + COLLECTOR_GRACE_MS;
  const primed = collectors.filter((collector) => collector.prime !== undefined);
  if (primed.length > 0) {
    // A first sample that fails is no loss: the second then gives no rates, which the section says.
    await Promise.allSettled(
      primed.map((collector) => withTimeLimit(async () => collector.prime?.(machine), context.partLimitMs / 2)),
    );
    await machine.pause(SAMPLE_GAP_MS);
  }
  const read = async (collector: Collector): Promise<[string, Section]> => {
    const startedAt = performance.now();
    const result = await withTimeLimit(() => collector.collect(machine, context), limitMs).catch(
      (error: unknown): SectionResult => faultOf(collector.section, error),
    );
    const section = toSection(result, startedAt);
    onSection?.(collector.section, section);
    return [collector.section, section];
  };
  return Object.fromEntries(await Promise.all(collectors.map(read)));
}
