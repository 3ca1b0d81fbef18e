import type { DiagnosticType } from '@techze/contracts';
import type { Collector } from '../collection/collector.js';
import type { PrivacyClass } from '../settings/privacy-classes.js';
import { batteryCollector } from './battery.collector.js';
import { cpuCollector } from './cpu.collector.js';
import { graphicsCollector } from './graphics.collector.js';
import { memoryCollector } from './memory.collector.js';
import { networkCollector } from './network.collector.js';
import { osCollector } from './os.collector.js';
import { processesCollector } from './processes.collector.js';
import { securityCollector } from './security.collector.js';
import { servicesCollector } from './services.collector.js';
import { stabilityCollector } from './stability.collector.js';
import { storageCollector } from './storage.collector.js';
import { systemCollector } from './system.collector.js';
import { thermalCollector } from './thermal.collector.js';
import { usersCollector } from './users.collector.js';

/** All of them. The CPU first: its load is read before the others make load of their own. */
const all: readonly Collector[] = [
  cpuCollector,
  systemCollector,
  osCollector,
  memoryCollector,
  storageCollector,
  batteryCollector,
  thermalCollector,
  networkCollector,
  graphicsCollector,
  processesCollector,
  servicesCollector,
  securityCollector,
  stabilityCollector,
];

const sectionsOf: Record<Exclude<DiagnosticType, 'full'>, readonly string[]> = {
  hardware: ['cpu', 'system', 'memory', 'storage', 'battery', 'thermal', 'graphics'],
  performance: ['cpu', 'os', 'memory', 'storage', 'processes'],
  storage: ['storage'],
  memory: ['memory', 'processes'],
  battery: ['battery'],
  thermal: ['cpu', 'thermal', 'graphics'],
  network: ['network'],
  security: ['os', 'security'],
  software: ['os', 'processes', 'services'],
  stability: ['os', 'services', 'stability'],
};

/** The collectors that a diagnostic of that type needs, no others. Who is logged in only where it was asked for. */
export function collectorsOf(type: DiagnosticType, include: readonly PrivacyClass[] = []): readonly Collector[] {
  const wanted = type === 'full' ? all : all.filter(({ section }) => sectionsOf[type].includes(section));
  const withUsers = include.includes('users') && (type === 'full' || type === 'security');
  return withUsers ? [...wanted, usersCollector] : wanted;
}
