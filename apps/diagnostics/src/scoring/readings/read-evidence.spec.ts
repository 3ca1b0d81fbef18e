import type { Section } from '@techze/contracts';
import { machines } from '../../../test/scoring/corpus/machines.js';
import { KNOWN_SCHEMA_VERSION, readEvidence, scoreDiagnostic, scoreEvidence } from '../index.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const ok = (data: Record<string, unknown>): Section => ({ status: 'ok', data });

describe('a schema from the future', () => {
  const sections = machines.smartFailing;
  const verdict = scoreEvidence(readEvidence(sections, NOW, { schemaVersion: KNOWN_SCHEMA_VERSION + 1 }));

  it('is kept and not judged, and every section says so', () => {
    expect(verdict).toMatchObject({
      score: null,
      band: 'unknown',
      coverage: 0,
      findings: [],
      observations: [],
      readings: [],
    });
    expect(verdict.section_notes).toEqual(
      Object.keys(sections).map((section) => ({
        section,
        note: 'From schema 2, which this version does not read: kept, not judged.',
      })),
    );
    expect(verdict.categories.every(({ reason }) => reason === 'schema 2 is not read by this version')).toBe(true);
  });

  it('leaves what is known to be judged as ever', () => {
    const known = scoreEvidence(readEvidence(sections, NOW, { schemaVersion: KNOWN_SCHEMA_VERSION }));
    expect(known).toEqual(scoreDiagnostic(sections, NOW));
    expect(known.score).toBe(25);
  });
});

describe('by a clock that is wrong', () => {
  const windows = { os: ok({ distro: 'Microsoft Windows 11 Pro', build: '26100', codename: '24H2', uptime: 60 }) };

  it.each(['1970-01-01', '2005-06-30', '2015-10-01'])('in %s no release is supported that was not out yet', (date) => {
    const { categories, section_notes } = scoreDiagnostic(windows, new Date(date));
    expect(categories.find(({ name }) => name === 'security')?.score).toBeNull();
    expect(section_notes[0]?.note).toContain(`is not out yet on ${date}`);
  });

  it('of 2200 all support is over; no time at all tells nothing', () => {
    expect(scoreDiagnostic(windows, new Date('2200-01-01')).findings.map(({ code }) => code)).toEqual(['OS_SUPPORT']);
    expect(scoreDiagnostic(windows, new Date(NaN))).toMatchObject({ findings: [], score: null });
  });
});

describe('hostile evidence', () => {
  /** The sections of a machine in good health, one of them replaced. */
  const withSection = (name: string, data: Record<string, unknown>) =>
    scoreDiagnostic({ ...machines.healthyNvmeLaptop, [name]: ok(data) }, NOW);

  it.each([
    ['negative bytes', 'memory', { total: 16e9, available: -1 }, 'memory'],
    ['400 % load', 'cpu', { currentLoad: 400 }, 'performance'],
    ['“NaN” for a number', 'memory', { total: 'NaN', available: 'NaN' }, 'memory'],
    ['a date for a number', 'network', { latency_ms: '1970-01-01T00:00:00Z' }, 'network'],
    ['a list for an object', 'battery', { hasBattery: true, designedCapacity: [], maxCapacity: [] }, 'battery'],
    ['a thousand percent of disk', 'storage', { fsSize: [{ fs: 'C:', mount: 'C:', use: 1000 }] }, 'storage'],
  ] as const)('with %s loses that metric alone, and says so', (_what, section, data, category) => {
    const verdict = withSection(section, data);
    const scores = Object.fromEntries(verdict.categories.map(({ name, score }) => [name, score]));
    expect(scores[category]).toBeNull();
    expect(Object.values(scores).filter((score) => score === 100).length).toBeGreaterThanOrEqual(6);
    expect(verdict.section_notes).toEqual([{ section, note: expect.stringMatching(/^Not used: /) }]);
  });

  it('keeps control characters, line breaks and directions of writing out of keys, titles and notes', () => {
    const nasty = 'C:\u0000\u001b[31m\r\n\u202e\u2028\ud800X';
    const verdict = withSection('storage', {
      fsSize: [{ fs: nasty, mount: nasty, use: 99 }],
      diskLayout: [{ serialNum: nasty, temperature: nasty }],
    });

    expect(JSON.stringify(verdict)).not.toMatch(/\\u00|\\r|\\n|\u202e|\u2028|\\ud800/);
    expect(verdict.findings[0]?.key).toBe('FS_USED:C:[31mX');
  });

  it('is not deceived by keys of prototypes', () => {
    const storage = JSON.parse(
      '{"__proto__": {"fsSize": [{"mount": "/", "use": 99}]}, "fsSize": [{"__proto__": {"use": 99}, "mount": "/"}], "constructor": 1}',
    ) as Record<string, unknown>;
    expect(withSection('storage', storage).categories.find(({ name }) => name === 'storage')?.score).toBeNull();
    expect(({} as Record<string, unknown>)['fsSize']).toBeUndefined();
  });

  it('may be nested as deep as a parser lets it', () => {
    let nest: unknown = 1;
    for (let depth = 0; depth < 5000; depth++) nest = depth % 2 ? [nest] : { sensors: nest, data: nest };
    const verdict = withSection('thermal', { sensors: nest, zones: [nest], deep: nest });
    expect(verdict.score).toBe(100);
  });

  it('may be of sections that are no sections', () => {
    const odd = { cpu: { status: 'ok', data: null }, memory: { status: 'ok' }, nobody: ok({ x: 1 }) } as never;
    expect(scoreDiagnostic(odd, NOW)).toMatchObject({ score: null, section_notes: [] });
  });
});
