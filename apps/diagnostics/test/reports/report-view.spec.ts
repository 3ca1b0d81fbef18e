import { buildView } from '../../src/reports/view/build-view.js';
import { machines } from '../scoring/corpus/machines.js';
import { hardDisk, nvmeDisk, ok } from '../scoring/corpus/parts.js';
import { diagnosed, factsOf, pastOf } from './facts.js';

const cents = (points: readonly number[]) => points.reduce((sum, each) => sum + Math.round(each * 100), 0);
const earlier = (days: number) => new Date(Date.UTC(2026, 10, 22, 8) - days * 86_400_000);

describe('deductions', () => {
  it.each(Object.entries(machines))('of %s add up to 100 − score', (_name, sections) => {
    const { deductions, verdict } = buildView(factsOf(sections));
    const told = cents(deductions.shown.map(({ points }) => points)) + Math.round((deductions.rest?.points ?? 0) * 100);
    expect(told).toBe(Math.round((100 - (verdict.score ?? 100)) * 100));
    expect(Math.round(deductions.total * 100)).toBe(told);
  });

  it('of a thousand findings are told by thirty, the caps, and one sum of the rest', () => {
    const diagnostic = diagnosed(machines.smartFailing);
    const [first] = diagnostic.health?.deductions ?? [];
    const cap = diagnostic.health?.deductions.at(-1);
    if (!diagnostic.health || !first || !cap) throw new Error('nothing was deducted');
    const many = Array.from({ length: 1000 }, () => ({ ...first, points: 0.05 }));
    const { deductions } = buildView(
      factsOf(machines.smartFailing, {
        diagnostic: { ...diagnostic, health: { ...diagnostic.health, deductions: [...many, { ...cap, points: 25 }] } },
      }),
    );
    expect(cap.code).toMatch(/^CAP_/);
    expect(deductions.shown).toHaveLength(31);
    expect(deductions.shown.at(-1)).toMatchObject({ code: cap.code, points: 25 });
    expect(deductions.rest).toEqual({ count: 970, points: 48.5 });
    expect(deductions.total).toBe(75);
  });
});

describe('findings', () => {
  it('are the worst thirty of a thousand, and the number of the others', () => {
    const diagnostic = diagnosed(machines.onePendingSector);
    const [finding] = diagnostic.findings ?? [];
    if (!finding) throw new Error('nothing was found');
    const findings = Array.from({ length: 1000 }, (_, index) => ({
      ...finding,
      key: `${finding.key}-${index}`,
      severity: index === 999 ? ('critical' as const) : ('warning' as const),
    }));
    const view = buildView(factsOf(machines.onePendingSector, { diagnostic: { ...diagnostic, findings } }));
    expect(view.findings.shown).toHaveLength(30);
    expect(view.findings.shown[0]?.severity).toBe('critical');
    expect(view.findings.more).toBe(970);
    expect(view.verdict).toMatchObject({ critical: 1, warnings: 999 });
  });
});

describe('what was not seen', () => {
  it('is told with its reason, and a section that a category blames is told once', () => {
    const { unseen } = buildView(
      factsOf({
        ...machines.healthyDesktop,
        cpu: { status: 'denied' },
        graphics: { status: 'unavailable' },
        stability: { status: 'timeout' },
      }),
    );
    expect(unseen.shown).toEqual(
      expect.arrayContaining([
        { part: 'battery', why: 'no_battery' },
        { part: 'performance', why: 'denied' },
        { part: 'graphics', why: 'unavailable' },
      ]),
    );
    expect(unseen.shown.filter(({ part }) => part === 'cpu')).toEqual([]);
  });

  it('is a reason of another release in its own words', () => {
    const diagnostic = diagnosed(machines.healthyDesktop);
    const categories = diagnostic.health?.categories.map((category) =>
      category.name === 'battery' ? { ...category, reason: 'on holiday' } : category,
    );
    if (!diagnostic.health || !categories) throw new Error('no health');
    const { unseen } = buildView(
      factsOf(machines.healthyDesktop, {
        diagnostic: { ...diagnostic, health: { ...diagnostic.health, categories } },
      }),
    );
    expect(unseen.shown).toContainEqual({ part: 'battery', why: { said: 'on holiday' } });
  });
});

describe('before and after', () => {
  const failing = diagnosed(machines.smartFailing, { number: 1, at: earlier(2) });
  const compared = (sections: Parameters<typeof diagnosed>[0]) => {
    const { comparison } = buildView(
      factsOf(sections, { diagnostic: diagnosed(sections, { number: 2 }), against: failing }),
    );
    if (!comparison) throw new Error('nothing was compared');
    return comparison;
  };
  const codes = (rows: { shown: readonly { code: string }[] }) => rows.shown.map(({ code }) => code).sort();
  const failed = (failing.findings ?? []).map(({ code }) => code).sort();

  it('a fault that was measured again and is in order is resolved, with what it reads now', () => {
    const { resolved, delta, before, after } = compared(machines.healthyDesktop);
    expect(resolved.shown.map(({ finding }) => finding.code).sort()).toEqual(failed);
    expect(resolved.shown).toContainEqual({ finding: expect.objectContaining({ code: 'SMART_197' }), now: 0 });
    expect(before).toMatchObject({ id: failing.id, score: 25, band: 'poor' });
    expect(delta).toBe((after.score ?? 0) - 25);
  });

  it('a fault of a disk that was replaced is gone with it', () => {
    const replaced = { ...machines.healthyDesktop, storage: ok({ fsSize: [], diskLayout: [nvmeDisk], disksIO: null }) };
    const other = {
      ...machines.healthyDesktop,
      storage: ok({ fsSize: [], diskLayout: [{ ...hardDisk({}), serialNum: 'ANOTHER-1' }], disksIO: null }),
    };
    for (const sections of [replaced, other]) {
      const { gone, resolved, unmeasured } = compared(sections);
      expect(codes(gone)).toEqual(failed);
      expect([...resolved.shown, ...unmeasured.shown]).toEqual([]);
    }
  });

  it('a fault that nobody looked at again is neither: storage denied mends no disk', () => {
    const { gone, resolved, unmeasured } = compared({ ...machines.healthyDesktop, storage: { status: 'denied' } });
    expect(codes(unmeasured)).toEqual(failed);
    expect([...resolved.shown, ...gone.shown]).toEqual([]);
  });

  it('a fault that changed says which way, by the check’s own direction', () => {
    const less = compared({
      ...machines.smartFailing,
      storage: ok({ fsSize: [], diskLayout: [hardDisk({ pending: 2, reallocated: 900, passed: false })] }),
    });
    const directions = Object.fromEntries(less.changed.shown.map(({ after, direction }) => [after.code, direction]));
    expect(directions).toEqual({ SMART_197: 'better', SMART_5: 'worse' });
    expect(less.unchanged.shown.map(({ code }) => code).sort()).toEqual(['SMARTCTL_VERDICT', 'SMART_STATUS']);
  });

  it('a fault that is new says whether anybody had looked before', () => {
    const before = { ...machines.healthyDesktop, storage: { status: 'denied' as const } };
    const { comparison } = buildView(
      factsOf(machines.onePendingSector, {
        diagnostic: diagnosed(machines.onePendingSector, { number: 2 }),
        against: diagnosed(before, { number: 1, at: earlier(1) }),
      }),
    );
    expect(comparison?.opened.shown).toEqual([
      { finding: expect.objectContaining({ code: 'SMART_197' }), measuredBefore: false },
    ]);
  });

  it('is told in the order of time, whichever of the two was asked for', () => {
    const after = diagnosed(machines.healthyDesktop, { number: 2 });
    const asked = (diagnostic: typeof after, against: typeof after) =>
      buildView(factsOf(machines.healthyDesktop, { diagnostic, against })).comparison;
    expect(asked(failing, after)).toEqual(asked(after, failing));
    expect(asked(failing, after)?.before.id).toBe(failing.id);
  });

  it('of a diagnostic without evidence claims nothing', () => {
    const requested = {
      ...diagnosed({}, { number: 3 }),
      status: 'requested' as const,
      health: null,
      findings: null,
      readings: null,
    };
    const { comparison } = buildView(factsOf({}, { diagnostic: requested, against: failing }));
    expect(comparison).toMatchObject({ delta: null, resolved: { shown: [] } });
    expect(comparison?.unmeasured.shown).toHaveLength(failed.length);
  });
});

describe('charts', () => {
  const worn = (capacity: number, days: number) =>
    pastOf(
      diagnosed(
        {
          ...machines.healthyNvmeLaptop,
          battery: ok({ ...machines.wornBatteryLaptop.battery.data, maxCapacity: capacity }),
        },
        { at: earlier(days) },
      ),
    );

  it('are drawn of at least two points, what changed first, and never of nothing but zeros', () => {
    expect(buildView(factsOf(machines.healthyDesktop, { past: [worn(40_000, 1)] })).trends).toEqual([]);
    const { trends } = buildView(
      factsOf(machines.healthyDesktop, { past: [worn(40_000, 9), worn(38_000, 5), worn(36_000, 0)] }),
    );
    expect(trends.map(({ code }) => code)).toEqual(['BATTERY_HEALTH', 'NVME_PERCENTAGE_USED']);
    expect(trends[0]?.points).toHaveLength(3);
  });

  it('show how full each file system is, the fullest first', () => {
    const { mounts } = buildView(factsOf(machines.nearlyFullDisk));
    expect(mounts).toEqual({ shown: [{ mount: 'C:', usedPercent: 95, severity: 'warning' }], more: 0 });
  });
});

describe('the machine', () => {
  it('is called by the name that people gave it, else by its own', () => {
    const named = (machine: object) =>
      buildView({ ...factsOf(machines.healthyDesktop), machine: { ...factsOf({}).machine, ...machine } }).machine.name;
    expect(named({ name: 'Caixa 3' })).toBe('Caixa 3');
    expect(named({})).toBe('balcao-03');
    expect(named({ hostname: '\u200b\u0000' })).toBeNull();
  });

  it('is told of in the time zone of its site, and in UTC where nobody knows that zone', () => {
    const zone = (timezone: string | null) =>
      buildView({ ...factsOf(machines.healthyDesktop), machine: { ...factsOf({}).machine, timezone } }).timeZone;
    expect(zone('America/Sao_Paulo')).toBe('America/Sao_Paulo');
    for (const wrong of [null, '', 'Mars/Olympus', '</style>']) expect(zone(wrong)).toBe('UTC');
  });
});
