import type { Section } from '@techze/contracts';
import { collectSections } from '../src/collection/collect-sections.js';
import { collectorsOf } from '../src/collectors/collectors-of.js';
import type { SystemProbe } from '../src/machine/system-probe.js';
import type { PrivacyClass } from '../src/settings/privacy-classes.js';

interface CollectFacts {
  server?: { host: string; port: number };
  include?: readonly PrivacyClass[];
  partLimitMs?: number;
}

/** One section of a machine, as it would be sent. */
export async function collectSection(
  name: string,
  machine: SystemProbe,
  { server, include = [], partLimitMs = 1_000 }: CollectFacts = {},
): Promise<Section> {
  const collectors = collectorsOf('full', include).filter((collector) => collector.section === name);
  const { [name]: section } = await collectSections(machine, collectors, { partLimitMs, server, include });
  if (section === undefined) throw new Error(`no section ${name}`);
  return section;
}
