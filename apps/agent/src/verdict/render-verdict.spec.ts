import { stripVTControlCharacters } from 'node:util';
import { healthy, wornDisk } from '../../test/stored-diagnostics.js';
import { describeEvidence } from './evidence-text.js';
import { renderVerdict } from './render-verdict.js';

const plain = { width: 80, colour: false, drawing: false };
const terminal = { width: 60, colour: true, drawing: true };
const url = 'https://techze.example/api/v1/diagnostics/dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70';
const facts = { url, hostname: 'balcao-03' };

describe('renderVerdict', () => {
  it('explains every lost point with evidence and fix, and what could not be read, without any dress when piped', () => {
    const sections = {
      cpu: { status: 'ok' },
      storage: { status: 'denied', error: 'SMART: reading it needs root' },
      thermal: { status: 'unavailable', error: 'no temperature sensor can be read here' },
      memory: { status: 'error', error: 'memLayout: dmidecode broke', note: 'Not used: total' },
      network: { status: 'timeout' },
      services: { status: 'ok', error: 'SMART: not given by /dev/sdb' },
    } as const;
    expect(renderVerdict(wornDisk, { ...facts, sections }, plain)).toBe(`
Diagnostic of balcao-03, 2026-11-22 08:00 UTC

  Score 24.5 of 100: critical
  Coverage: 73 % of what a full diagnostic weighs could be observed.
  Not scored: battery (no battery in this machine), security.

What costs the 75.5 points
   -73.25 SMART_197  critical
          The disk WD-WCC6Y1234567 has 5 sectors that it cannot read
          smart.197 of WD-WCC6Y1234567 is 5 sectors, limit 0 sectors (Backblaze
          observed failure rates, by Scrutiny)
          Fix: Copy the data to another disk now, then replace this one: sectors
               that cannot be read only grow in number.

    -2.25 UPTIME  below warning
          boot.uptime_seconds is 40 d, limit 30 d ([P] points without a finding
          beyond 30 days)
          Fix: Restart the machine when convenient.

Could not be read
  storage   denied: SMART: reading it needs root
  memory    error: memLayout: dmidecode broke; Not used: total
  network   timeout
  services  in part: SMART: not given by /dev/sdb
  thermal   unavailable: no temperature sensor can be read here

Diagnostic dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70
${url}
`);
  });

  it('says so when nothing costs points', () => {
    expect(renderVerdict({ ...healthy, type: 'storage' }, facts, plain)).toBe(`
Diagnostic (storage) of balcao-03, 2026-11-22 08:00 UTC

  Score 100 of 100: healthy
  Coverage: 100 % of what a full diagnostic weighs could be observed.

Nothing costs points
  What could be observed is in order.

Diagnostic dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70
${url}
`);
  });

  it('does not call a machine healthy that it could not see', () => {
    const health = { score: null, band: 'unknown', coverage: 0, categories: [], deductions: [] } as const;
    const verdict = renderVerdict({ ...healthy, health: { ...health, categories: [], deductions: [] } }, facts, plain);
    expect(verdict).toContain('Score unknown: unknown');
    expect(verdict).not.toMatch(/in order|healthy/);
  });

  it('says that there is no score yet while the diagnostic is processed', () => {
    expect(renderVerdict({ ...healthy, status: 'processing', health: null }, facts, plain)).toContain(
      'No score yet: the diagnostic is processing.',
    );
  });

  it('draws a gauge and colours on a terminal, within its width', () => {
    const verdict = renderVerdict(wornDisk, facts, terminal);
    expect(verdict).toContain(`\u001b[31m${'█'.repeat(6)}\u001b[0m${'░'.repeat(20)}`);
    expect(verdict).toContain('\u001b[31mcritical\u001b[0m');
    const lines = stripVTControlCharacters(verdict).split('\n').slice(0, -2);
    const widths = lines.map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(60);
  });

  it('never lets a device’s words reach the terminal as commands', () => {
    const [finding] = wornDisk.findings ?? [];
    if (finding === undefined) throw new Error('no finding');
    const evil = { ...wornDisk, findings: [{ ...finding, title: '\u001b]0;owned\u0007 disk\r\n\u001b[2J' }] };
    const verdict = renderVerdict(evil, { url, hostname: '\u001b[31mx' }, plain);
    // eslint-disable-next-line no-control-regex -- looking for them is the point
    expect(verdict).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});

describe('describeEvidence', () => {
  const evidence = { metric: 'm', threshold: null, source: 's' };

  it.each([
    [{ value: 92.126, unit: '%', threshold: 90 }, 'm is 92.13 %, limit 90 % (s)'],
    [{ value: 0.921, unit: 'ratio', threshold: 0.9 }, 'm is 92.1 %, limit 90 % (s)'],
    [{ value: 4_000_000_000, unit: 'bytes' }, 'm is 3.73 GiB (s)'],
    [{ value: 90, unit: 's', threshold: 60 }, 'm is 90 s, limit 60 s (s)'],
    [{ value: 7_200, unit: 's' }, 'm is 2 h (s)'],
    [{ value: 'off', unit: 'state', threshold: 'on' }, 'm is off, limit on (s)'],
    [{ value: true, unit: 'boolean' }, 'm is yes (s)'],
    [{ value: 3, unit: 'count', instance: 'sda' }, 'm of sda is 3 (s)'],
    [{ value: -0, unit: '' }, 'm is 0 (s)'],
  ])('says %j as %s', (facts, expected) => {
    expect(describeEvidence({ ...evidence, ...facts })).toBe(expected);
  });
});
