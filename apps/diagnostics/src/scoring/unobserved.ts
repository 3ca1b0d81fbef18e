import type { Category, Section } from '@techze/contracts';
import { isObject, own } from './readings/values.js';

/** The sections that feed each category, the most telling first. */
const sectionsOf: Readonly<Record<Category, readonly string[]>> = {
  storage: ['storage'],
  stability: ['stability', 'services', 'os'],
  memory: ['memory'],
  cpu_thermal: ['cpu', 'thermal', 'graphics'],
  performance: ['cpu', 'processes'],
  battery: ['battery'],
  security: ['security', 'os'],
  network: ['network'],
};

/** Why nothing could be said of a category: how its collector fared, or that it was never collected. */
export function unobservedReason(category: Category, sections: Readonly<Record<string, Section>>): string {
  const collected = sectionsOf[category].flatMap((name) => {
    const section = Object.hasOwn(sections, name) ? sections[name] : undefined;
    return section ? [{ name, section }] : [];
  });
  const battery = category === 'battery' ? collected[0]?.section.data : undefined;
  if (isObject(battery) && own(battery, 'hasBattery') === false) return 'no battery';

  const first = collected.find(({ section }) => section.status !== 'ok') ?? collected[0];
  if (!first) return 'not collected';
  const { name, section } = first;
  if (section.status !== 'ok') return `${name}: ${section.status}`;
  return `${name}: no usable value`;
}
