import { CreateDiagnostic, Diagnostic, Health, type Section } from '@techze/contracts';
import { machines } from '../../test/scoring/corpus/machines.js';
import { INSTANCES_PER_CHECK } from './assessment.js';
import { scoreDiagnostic, SCORING_VERSION } from './score-diagnostic.js';

const NOW = new Date('2026-11-22T00:00:00Z');
const ok = (data: Record<string, unknown>): Section => ({ status: 'ok', data });
const score = (sections: Record<string, Section>) => scoreDiagnostic(sections, NOW);

describe('scoreDiagnostic', () => {
  it('has no score when nothing was observed', () => {
    const unseen: Record<string, Section>[] = [
      {},
      { graphics: ok({ controllers: [] }) },
      { storage: { status: 'denied' } },
      { os: ok({ uptime: 5 }) },
      { stability: ok({ clock_synchronised: true, reboot_required: false }) },
      { battery: ok({ hasBattery: true, percent: 80, isCharging: false, acConnected: true }) },
    ];
    for (const sections of unseen) {
      const { score: points, band, coverage, deductions, findings, categories } = score(sections);
      expect({ points, band, coverage, deductions, findings }).toEqual({
        points: null,
        band: 'unknown',
        coverage: 0,
        deductions: [],
        findings: [],
      });
      expect(categories).toHaveLength(8);
      expect(categories.every((category) => category.score === null && category.weight === 0 && category.reason)).toBe(
        true,
      );
    }
  });

  it('gives no band below 40 % coverage, but a score', () => {
    const sections = { memory: ok({ total: 100, available: 50 }) };
    expect(score(sections)).toMatchObject({ score: 100, band: 'unknown', coverage: 0.12 });
  });

  it('takes the worst check of a category whole and the others by a quarter of their mean', () => {
    // Memory 94 % used: 40 + 30·4/8 = 55. Swap 85 %: 20. One corrected error: 40. 55 + (20 + 40)/2/4 = 62.5.
    const { categories, deductions } = score({
      memory: ok({ total: 100, available: 6, swaptotal: 100, swapused: 85, ecc: { correctable: 1 } }),
    });
    expect(categories.find(({ name }) => name === 'memory')).toEqual({
      name: 'memory',
      score: 37.5,
      weight: 1,
      reason: null,
    });
    expect(deductions.map(({ key, code, points }) => [key, code, points])).toEqual([
      ['MEMORY_USED', 'MEMORY_USED', 55],
      ['ECC_CORRECTABLE', 'ECC_CORRECTABLE', 5],
      [null, 'SWAP_USED', 2.5],
    ]);
  });

  it('explains every deduction, and makes a cap one', () => {
    const { score: points, deductions } = score(machines.fullDisk);
    expect(points).toBe(49);
    expect(deductions.map(({ key, code, points: lost }) => [key, code, lost])).toEqual([
      ['FS_USED:C:', 'FS_USED', 23.13],
      [null, 'CAP_CRITICAL', 27.87],
    ]);
    expect(deductions[0]?.evidence).toEqual({
      metric: 'disk.used_ratio',
      instance: 'C:',
      value: 99.5,
      unit: '%',
      threshold: 98,
      source: expect.stringContaining('Netdata disks.conf'),
    });
    for (const { fix, evidence } of deductions) expect(fix && evidence.source).toBeTruthy();
  });

  it('finds what says too little to score by, and takes no points for it', () => {
    // Only the charge is known of the battery, and only that a restart is due of the stability.
    const {
      score: points,
      coverage,
      findings,
      deductions,
    } = score({
      memory: ok({ total: 100, available: 50 }),
      battery: ok({ hasBattery: true, percent: 4, isCharging: false, acConnected: false }),
      stability: ok({ reboot_required: true }),
    });
    expect({ points, coverage }).toEqual({ points: 100, coverage: 0.12 });
    expect(findings.map(({ code, points: lost }) => [code, lost])).toEqual([
      ['BATTERY_CHARGE', 0],
      ['REBOOT_REQUIRED', 0],
    ]);
    expect(deductions.map(({ key, points: lost }) => [key, lost])).toEqual([
      ['BATTERY_CHARGE', 0],
      ['REBOOT_REQUIRED', 0],
    ]);
  });

  it('names the calendar by which support ends, and the limits that a device has of its own', () => {
    const sources = (sections: Record<string, Section>) =>
      Object.fromEntries(score(sections).observations.map(({ code, evidence }) => [code, evidence.source]));
    expect(sources(machines.oldWindows)).toMatchObject({
      OS_SUPPORT: 'learn.microsoft.com/lifecycle',
      DISK_TEMPERATURE: 'The limits that the device itself names',
      FIREWALL: '[P] a firewall that is off is a warning',
    });
  });

  it('answers in the shape of the contract', () => {
    for (const sections of Object.values(machines)) {
      const { deductions, ...verdict } = score(sections);
      const health = {
        ...verdict,
        deductions: deductions.map(({ key: _key, ...deduction }) => ({ finding_id: null, ...deduction })),
      };
      expect(Health.safeParse(health).error).toBeUndefined();
      expect(verdict.scoring_version).toBe(SCORING_VERSION);
    }
  });

  it('says of the contract’s example what the contract says', () => {
    const sent = CreateDiagnostic.parse(CreateDiagnostic.meta()?.['example']);
    const told = Diagnostic.parse(Diagnostic.meta()?.['example']);
    const verdict = scoreDiagnostic(sent.sections, new Date(sent.collected_at));
    const { score: points, band, coverage, categories, scoring_version } = verdict;
    expect({ score: points, band, coverage, categories, scoring_version }).toEqual({
      score: told.health?.score,
      band: told.health?.band,
      coverage: told.health?.coverage,
      categories: told.health?.categories,
      scoring_version: told.scoring_version,
    });
    expect(verdict.deductions.map(({ key: _key, ...deduction }) => deduction)).toEqual(
      told.health?.deductions.map(({ finding_id: _id, ...deduction }) => deduction),
    );
    expect(told.findings).toMatchObject(verdict.findings);
  });

  it('reads a section that is denied in part', () => {
    const fsSize = [{ fs: '/dev/sda1', mount: '/', use: 95, size: 100, used: 95, available: 5 }];
    expect(score({ storage: { status: 'denied', error: 'needs root', data: { fsSize } } }).findings).toHaveLength(1);
  });

  it('keeps the keys of findings whatever else is found', () => {
    const [alone] = score(machines.onePendingSector).findings;
    const among = score({ ...machines.smartFailing, ...{ memory: ok({ total: 10, available: 0 }) } }).findings;
    expect(among.map(({ key }) => key)).toContain(alone?.key);
  });

  it('counts the worst instances of a check, and is quick about 10,000 disks', () => {
    const diskLayout = Array.from({ length: 10_000 }, (_, index) => ({
      serialNum: `S${index}`,
      smartStatus: 'Predicted Failure',
      temperature: 40 + (index % 50),
      smartData: { ata_smart_attributes: { table: [{ id: 197, when_failed: 'now', raw: { value: index } }] } },
    }));
    const started = process.cpuUsage();
    const { deductions, findings, score: points } = score({ storage: ok({ diskLayout }) });
    expect(process.cpuUsage(started).user).toBeLessThan(500_000);
    expect(points).toBe(0);
    expect(deductions.length).toBeLessThanOrEqual(4 * INSTANCES_PER_CHECK + 1);
    expect(findings.filter(({ code }) => code === 'SMART_197')).toHaveLength(INSTANCES_PER_CHECK);
    expect(findings.some(({ key }) => key === 'SMART_197:S9999')).toBe(true);
    expect(deductions.reduce((sum, deduction) => sum + deduction.points, 0)).toBeCloseTo(100, 9);
  });

  it('is quick about enormous texts', () => {
    const huge = 'x'.repeat(1_000_000);
    const sections = {
      os: ok({ distro: huge, release: huge, build: huge }),
      storage: ok({
        fsSize: [{ fs: huge, mount: huge, type: huge, use: 99 }],
        diskLayout: [{ serialNum: huge, smartStatus: huge }],
      }),
    };
    const started = process.cpuUsage();
    const verdict = score(sections);
    expect(process.cpuUsage(started).user).toBeLessThan(500_000);
    expect(JSON.stringify(verdict).length).toBeLessThan(10_000);
  });
});
