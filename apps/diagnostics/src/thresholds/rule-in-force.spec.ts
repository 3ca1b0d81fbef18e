import fc from 'fast-check';
import { checks, levelFaults, type CheckCode, type Levels } from '../scoring/index.js';
import { mergeLevels } from '../scoring/policy.js';
import {
  agreeing,
  mergeNamed,
  policyOf,
  ruleInForce,
  rulesInForce,
  widerThan,
  type Override,
} from './rule-in-force.js';

const FS = 'FS_USED';
const override = (changes: Partial<Override> = {}): Override => ({
  id: `thr_${changes.scope ?? 'tenant'}`,
  scope: 'tenant',
  code: FS,
  levels: {},
  fails_before_alert: null,
  enabled: null,
  updated_at: new Date('2026-11-22T08:00:00Z'),
  ...changes,
});
const tenant = (changes: Partial<Override>) => override({ ...changes, scope: 'tenant' });
const site = (changes: Partial<Override>) => override({ ...changes, scope: 'site' });
const device = (changes: Partial<Override>) => override({ ...changes, scope: 'device' });

const numberCodes = (Object.keys(checks) as CheckCode[]).filter((code) => checks[code].rule.kind !== 'states');
const levelNames = ['leave', 'warning', 'critical_leave', 'critical', 'fail'] as const;

/** Some levels of a check, in order or not, as anybody might have saved them. */
const anyLevels = (code: CheckCode) => {
  const { rule } = checks[code];
  if (rule.kind === 'states') throw new Error('no levels');
  const [min, max] = rule.range;
  const number = fc.oneof(
    fc.double({ min, max: Math.min(max, 1e6), noNaN: true }),
    fc.constantFrom(...Object.values(rule.levels).filter((each) => each !== null)),
  );
  const nullable = fc.oneof({ arbitrary: number, weight: 4 }, { arbitrary: fc.constant(null), weight: 1 });
  return fc.record(
    { leave: number, warning: nullable, critical_leave: nullable, critical: nullable, fail: number },
    { requiredKeys: [] },
  );
};
const anyOverrides = fc.constantFrom(...numberCodes).chain((code) =>
  fc.record({
    code: fc.constant(code),
    overrides: fc.subarray(['tenant', 'site', 'device'] as const).chain((scopes) =>
      fc.tuple(
        ...scopes.map((scope) =>
          fc
            .record({
              levels: anyLevels(code),
              fails_before_alert: fc.option(fc.integer({ min: 1, max: 100 })),
              enabled: fc.option(fc.boolean()),
            })
            .map((changes) => override({ ...changes, code, scope })),
        ),
      ),
    ),
  }),
);

/** Overrides as they can be saved: each in order over the wider ones, saved the widest first. */
const savedOverrides = anyOverrides.map(({ code, overrides }) => {
  const saved: Override[] = [];
  for (const next of overrides) {
    const wider = agreeing(code, widerThan(next.scope, saved));
    if (levelFaults(code, mergeNamed([...wider, next])).length === 0) saved.push(next);
  }
  return { code, saved };
});

const monotone = (code: CheckCode, levels: Partial<Levels>) => {
  const { rule } = checks[code];
  if (rule.kind === 'states') return Object.keys(levels).length === 0;
  const merged = mergeLevels(rule, levels);
  const sign = rule.worse === 'above' ? 1 : -1;
  const rising = (...values: (number | null)[]) =>
    values
      .filter((value) => value !== null)
      .every((value, index, set) => index === 0 || (set[index - 1] ?? 0) * sign <= value * sign);
  const { leave, warning, critical_leave, critical, fail } = merged;
  return rising(leave, warning, critical, fail) && rising(leave, critical_leave, critical);
};

describe('what is in force', () => {
  it('device beats site beats tenant, field by field, and the rest is the check’s own', () => {
    const rule = ruleInForce(FS, [
      device({ levels: { warning: 95 } }),
      tenant({ levels: { leave: 70, warning: 85, critical: 97 }, fails_before_alert: 3 }),
      site({ levels: { warning: 91 }, enabled: false }),
    ]);
    expect(rule.levels).toEqual({ leave: 70, warning: 95, critical: 97 });
    expect(rule).toMatchObject({ failsBeforeAlert: 3, enabled: false, setAside: [] });
    expect(rule.from).toEqual({
      leave: 'thr_tenant',
      warning: 'thr_device',
      critical: 'thr_tenant',
      fails_before_alert: 'thr_tenant',
      enabled: 'thr_site',
    });
  });

  it('the narrowest that says something of a field always decides it, in any order they come', () => {
    fc.assert(
      fc.property(savedOverrides, fc.infiniteStream(fc.nat()), ({ code, saved }, random) => {
        const shuffled = saved
          .map((each) => ({ each, at: random.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ each }) => each);
        const rule = ruleInForce(code, shuffled);
        expect(rule.setAside).toEqual([]);
        for (const name of levelNames) {
          const said = saved.findLast(({ levels }) => levels[name] !== undefined)?.levels[name];
          const droppedByNull = name === 'critical_leave' && rule.levels.critical === null;
          if (!droppedByNull) expect(rule.levels[name]).toEqual(said);
        }
        const said = <Field extends 'enabled' | 'fails_before_alert'>(field: Field) =>
          saved.findLast((each) => each[field] !== null)?.[field];
        expect(rule.enabled).toBe(said('enabled') ?? true);
        expect(rule.failsBeforeAlert).toBe(said('fails_before_alert') ?? 1);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is monotone whatever was saved and whatever became of the wider ones since', () => {
    fc.assert(
      fc.property(anyOverrides, ({ code, overrides }) => {
        const rule = ruleInForce(code, overrides);
        expect(monotone(code, rule.levels)).toBe(true);
        expect(levelFaults(code, rule.levels)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('a wider override that contradicts a narrower one gives way, is named, and loses only its levels', () => {
    const rule = ruleInForce(FS, [
      tenant({ levels: { critical: 92, critical_leave: 91 }, fails_before_alert: 4 }),
      device({ levels: { warning: 95 } }),
    ]);
    expect(rule.levels).toEqual({ warning: 95 });
    expect(rule.setAside).toEqual(['thr_tenant']);
    expect(rule.failsBeforeAlert).toBe(4);
    expect(rule.source).toBe(
      'device override thr_device of 2026-11-22; ' +
        'tenant override thr_tenant of 2026-11-22 is set aside, it contradicts what is nearer; ' +
        `else ${checks[FS].source}`,
    );
  });

  it('a narrower one that cannot do without the wider one that it was laid over gives way itself', () => {
    // Saved over a tenant's leave of 60, which is gone since.
    const rule = ruleInForce(FS, [
      tenant({ levels: { leave: 80 } }),
      site({ levels: { critical: 97 } }),
      device({ levels: { fail: 96 } }),
    ]);
    expect(rule.setAside).toEqual(['thr_device']);
    expect(rule.levels).toEqual({ leave: 80, critical: 97 });
  });

  it('without a critical level there is none to leave, whoever named one before', () => {
    const rule = ruleInForce(FS, [
      tenant({ levels: { critical_leave: 92, critical: 95 } }),
      device({ levels: { critical: null } }),
    ]);
    expect(rule.levels).toEqual({ critical: null });
    expect(rule.from).toEqual({ critical: 'thr_device' });
    expect(rule.setAside).toEqual([]);
  });

  it('levels of a check that is judged by its state today do not hold', () => {
    const rule = ruleInForce('SMART_STATUS', [
      tenant({ code: 'SMART_STATUS', levels: { warning: 3 }, enabled: false }),
    ]);
    expect(rule).toMatchObject({ levels: {}, enabled: false, setAside: ['thr_tenant'] });
  });
});

describe('the policy that scoring gets', () => {
  it('has a check once, with who said so, and leaves out who changes no verdict', () => {
    const policy = policyOf(
      rulesInForce([
        tenant({ levels: { warning: 80 } }),
        device({ levels: { critical: 99 } }),
        tenant({ code: 'MEMORY_USED', fails_before_alert: 5 }),
        tenant({ code: 'DISK_BUSY', enabled: false }),
        tenant({ code: 'GONE_SINCE', levels: { warning: 1 } }),
      ]),
    );
    expect([...policy.keys()].sort()).toEqual(['DISK_BUSY', 'FS_USED']);
    expect(policy.get('DISK_BUSY')).toMatchObject({ enabled: false });
    expect(policy.get(FS)).toEqual({
      enabled: true,
      levels: { warning: 80, critical: 99 },
      source: `device override thr_device of 2026-11-22 over tenant override thr_tenant of 2026-11-22; else ${checks[FS].source}`,
    });
  });
});
