import { randomUUID } from 'node:crypto';
import { Api, type Answer } from './support/api.js';
import { diagnosticBody, disk, fileSystem } from './support/diagnostics.js';
import { count, rows } from './support/rows.js';

const api = new Api();
const PATH = '/api/v1/diagnostics';
let technician: string;

beforeAll(async () => {
  technician = await api.tokenOf('technician');
});

const post = (json: unknown, headers: Record<string, string> = {}) =>
  api.call(PATH, { token: technician, json, headers });
const created = async (changes?: Record<string, unknown>): Promise<Answer['body']> => {
  const answer = await post(diagnosticBody(changes));
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
};
const sectionsOf = async (id: string, include = 'sections') =>
  (await api.call(`${PATH}/${id}?include=${include}`, { token: technician })).body.sections;
const ok = (data: unknown) => ({ status: 'ok', data });
const scoreOf = ({ health }: Answer['body'], category: string): number | null =>
  health.categories.find(({ name }: { name: string }) => name === category).score;
/** What is right about every machine, beside what is wrong. */
const SOUND = { battery: ok({ hasBattery: true, designedCapacity: 100, maxCapacity: 95, cycleCount: 3 }) };

describe('a value that cannot be true', () => {
  it.each<[string, string, unknown, string]>([
    ['negative bytes', 'memory', { total: -17e9, available: -5 }, 'memory'],
    ['more memory available than there is', 'memory', { total: 8e9, available: 9e9 }, 'memory'],
    ['a text for a number', 'memory', { total: 'lots', available: '4 GB' }, 'memory'],
    ['400 % load and 4,000 degrees', 'cpu', { currentLoad: 400, temperature: { main: 4_000 } }, 'performance'],
    ['NaN in words', 'cpu', { currentLoad: 'NaN', temperature: { main: 'Infinity' } }, 'performance'],
    ['below absolute zero', 'cpu', { currentLoad: -1, temperature: { main: -300 } }, 'cpu_thermal'],
    ['a list for a number', 'cpu', { currentLoad: [12], temperature: [] }, 'performance'],
    ['a disk with more used than it has', 'storage', { fsSize: [{ ...fileSystem(50), used: 9e15 }] }, 'storage'],
    ['a disk of 400 % full', 'storage', { fsSize: [{ ...fileSystem(50), use: 400 }] }, 'storage'],
    ['disks that are no list', 'storage', { fsSize: 'all', diskLayout: 7 }, 'storage'],
    ['disks that are no objects', 'storage', { fsSize: [7, 'x', [null]], diskLayout: [true] }, 'storage'],
    ['a disk of 999 degrees', 'storage', { diskLayout: [{ serialNum: 'X', temperature: 999 }] }, 'storage'],
    ['a negative latency', 'network', { latency_ms: -5 }, 'network'],
    ['a loss of 900 %', 'network', { packet_loss_percent: 900 }, 'network'],
    ['an uptime of the age of the universe', 'stability', { uptime: 4e17 }, 'stability'],
    ['half a crash', 'stability', { bugchecks_7d: 0.5 }, 'stability'],
    ['yes for true', 'security', { firewall: 'yes', antivirus: 7 }, 'security'],
  ])('%s: the metric is unknown, the section says so, the rest is judged', async (_what, name, data, category) => {
    const diagnostic = await created({ sections: { ...SOUND, [name]: ok(data) } });
    expect(diagnostic).toMatchObject({ status: 'completed', partial: true });
    expect(scoreOf(diagnostic, category)).toBeNull();
    expect(scoreOf(diagnostic, 'battery')).toBe(100);
    const sections = await sectionsOf(diagnostic.id, 'raw');
    expect(sections[name]).toMatchObject({ status: 'error', note: expect.stringContaining('Not used:'), data });
    expect(sections.battery.status).toBe('ok');
  });

  it.each(['text', 7, true, [{ currentLoad: 12 }]])(
    'evidence that is no object (%j) is kept, and its section is an error',
    async (data) => {
      const diagnostic = await created({ sections: { ...SOUND, cpu: ok(data) } });
      expect(diagnostic).toMatchObject({ status: 'completed', partial: true });
      expect(scoreOf(diagnostic, 'battery')).toBe(100);
      const { cpu } = await sectionsOf(diagnostic.id, 'raw');
      expect(cpu).toEqual({ status: 'error', error: 'data is not an object', data: { value: data } });
    },
  );

  it('what a library leaves empty is not there: no data, no error, no serial number', async () => {
    const diagnostic = await created({
      device: { hostname: `pc-${randomUUID()}`, serial: '', uuid: null, manufacturer: '', model: null },
      sections: { ...SOUND, cpu: { status: 'denied', data: null, error: '' } },
    });
    expect((await sectionsOf(diagnostic.id, 'raw')).cpu).toEqual({ status: 'denied' });
    const nothing = await post(diagnosticBody({ device: { hostname: '', serial: '', uuid: null } }));
    expect(nothing.body).toMatchObject({ status: 422, errors: [{ pointer: '/device' }] });
  });

  it.each(['1e400', '-1e400'])(
    '%s is a bad value like any other, and not as if nothing had been said',
    async (number) => {
      const body = JSON.stringify(diagnosticBody({ sections: { ...SOUND, cpu: ok({ currentLoad: 'NUMBER' }) } }));
      const { body: diagnostic } = await api.call(PATH, { token: technician, raw: body.replace('"NUMBER"', number) });
      expect(diagnostic).toMatchObject({ status: 'completed', partial: true });
      expect((await sectionsOf(diagnostic.id, 'raw')).cpu).toMatchObject({
        status: 'error',
        note: expect.stringContaining('Not used: currentLoad'),
      });
    },
  );

  it.each(['1e308', '-1e308', '1e400', '-1e400', '9007199254740993', '5e-324', '-0'])(
    'the number %s is no trouble',
    async (number) => {
      const body = JSON.stringify(diagnosticBody({ sections: { ...SOUND, cpu: ok({ currentLoad: 'NUMBER' }) } }));
      const answer = await api.call(PATH, { token: technician, raw: body.replace('"NUMBER"', number) });
      expect(answer.status).toBe(201);
      expect(scoreOf(answer.body, 'battery')).toBe(100);
    },
  );
});

describe('evidence of any kind', () => {
  it('one bad section never loses the others, however it is bad', async () => {
    const diagnostic = await created({
      sections: {
        ...SOUND,
        cpu: { status: 'timeout', error: 'took too long' },
        memory: { status: 'denied', error: 'needs root', data: {} },
        storage: ok({ fsSize: { not: 'a list' }, diskLayout: [disk(0)] }),
        network: { status: 'unavailable' },
        toString: ok({ hello: 'world' }),
        tomorrow: ok({ unheard: 'of' }),
      },
    });
    expect(diagnostic.partial).toBe(true);
    expect(scoreOf(diagnostic, 'battery')).toBe(100);
    expect(scoreOf(diagnostic, 'storage')).toBe(100);
    expect(scoreOf(diagnostic, 'memory')).toBeNull();
    expect(Object.keys(await sectionsOf(diagnostic.id)).sort()).toEqual(
      ['battery', 'cpu', 'memory', 'network', 'storage', 'toString', 'tomorrow'].sort(),
    );
  });

  it('a text of nearly a megabyte is kept to the letter', async () => {
    const text = 'ä'.repeat(500_000);
    const { id } = await created({ sections: { ...SOUND, os: ok({ distro: text, motto: 'x' }) } });
    expect((await sectionsOf(id, 'raw')).os.data.distro).toBe(text);
  });

  it('NUL, control characters, half characters and right-to-left marks are kept, and never shown as names', async () => {
    const hostile = 'C:\u0000\u0007\u001b[31m\ud800\u202egnp.exe\r\n';
    const data = { fsSize: [{ ...fileSystem(95), mount: hostile }], diskLayout: [{ ...disk(7), serialNum: hostile }] };
    const diagnostic = await created({ sections: { storage: ok(data) } });
    expect((await sectionsOf(diagnostic.id, 'raw')).storage.data).toEqual(data);
    expect(diagnostic.findings).toHaveLength(2);
    const shown = JSON.stringify(diagnostic);
    expect(shown).not.toMatch(/\\u0000|\\u0007|\\u001b|\\ud800|\u202e|\\r|\\n/);
    const named = await rows<{ instance: string }>('select instance from findings where device_id = $1', [
      diagnostic.device_id,
    ]);
    expect(named).toHaveLength(2);
    expect(await count('select 1 from measurements where diagnostic_id = $1', [diagnostic.id])).toBeGreaterThanOrEqual(
      0,
    );
  });

  it('markup and SQL in names are only names', async () => {
    const name = `'); drop table diagnostics; -- <script>alert(1)</script> {{7*7}} $\{7*7}`;
    const { findings } = await created({ sections: { storage: ok({ fsSize: [{ ...fileSystem(95), mount: name }] }) } });
    expect(findings[0].evidence.instance).toBe(name);
  });

  it('10,000 disks are judged in time, and their verdict stays readable', async () => {
    const diskLayout = Array.from({ length: 10_000 }, (_, index) => ({
      serialNum: `S${index}`,
      smartStatus: index % 2 === 0 ? 'Ok' : 'Predicted Failure',
      temperature: 40,
    }));
    const start = performance.now();
    const diagnostic = await created({ sections: { ...SOUND, storage: ok({ diskLayout }) } });
    expect(performance.now() - start).toBeLessThan(8_000);
    expect(diagnostic.findings.length).toBeGreaterThan(0);
    expect(diagnostic.findings.length).toBeLessThanOrEqual(64);
    const { score, deductions } = diagnostic.health;
    expect(deductions.reduce((sum: number, { points }: { points: number }) => sum + points, 0)).toBeCloseTo(
      100 - score,
      6,
    );
    expect(await count('select 1 from measurements where diagnostic_id = $1', [diagnostic.id])).toBeLessThan(1_000);
  });

  it('as deep as a body may be, and 400 beyond', async () => {
    const nested = (depth: number) => {
      let value: unknown = 1;
      for (let level = 0; level < depth; level += 1) value = [value];
      return value;
    };
    // The body, sections, the section and data are four levels already.
    const fits = { sections: { ...SOUND, tomorrow: ok({ nested: nested(28) }) } };
    expect((await post(diagnosticBody(fits))).status).toBe(201);
    const over = { sections: { ...SOUND, tomorrow: ok({ nested: nested(29) }) } };
    expect((await post(diagnosticBody(over))).body).toMatchObject({ status: 400, code: 'json-too-deep' });
  });
});

describe('a schema from the future', () => {
  it('is kept as it came, is not judged, and says so', async () => {
    const data = { currentLoad: 99, load: { of: 'another shape' } };
    const diagnostic = await created({
      schema_version: 999,
      sections: { cpu: ok(data), storage: ok({ diskLayout: [disk(9)] }) },
    });
    expect(diagnostic).toMatchObject({
      status: 'completed',
      schema_version: 999,
      partial: true,
      findings: [],
      health: { score: null, band: 'unknown', coverage: 0, deductions: [] },
    });
    const { cpu } = await sectionsOf(diagnostic.id, 'raw');
    expect(cpu).toMatchObject({ data, note: expect.stringMatching(/schema 999.*not judged/i) });
    expect(await count('select 1 from measurements where diagnostic_id = $1', [diagnostic.id])).toBe(0);
  });

  it('never resolves what is known of the device', async () => {
    const device = { serial: `SN-${randomUUID()}` };
    const { findings } = await created({ device, sections: { storage: ok({ diskLayout: [disk(9)] }) } });
    await created({ device, schema_version: 2, sections: { storage: ok({ diskLayout: [disk(0)] }) } });
    const states = await rows('select state from findings where id = $1', [findings[0].id]);
    expect(states).toEqual([{ state: 'open' }]);
  });
});

describe('a clock that is wrong', () => {
  const device = () => ({ serial: `SN-${randomUUID()}` });
  const latestOf = async (deviceId: string) =>
    (
      await rows<{ latest_diagnostic_id: string; latest_collected_at: Date }>(
        'select latest_diagnostic_id, latest_collected_at from devices where id = $1',
        [deviceId],
      )
    )[0];

  it('is recorded where it is ahead, and the diagnostic counts from when it came in', async () => {
    const collected_at = new Date(Date.now() + 3_600_000).toISOString();
    const diagnostic = await created({ collected_at });
    expect(diagnostic.collected_at).toBe(collected_at);
    expect(diagnostic.clock_skew_ms).toBe(Date.parse(collected_at) - Date.parse(diagnostic.received_at));
    expect((await latestOf(diagnostic.device_id))?.latest_collected_at.toISOString()).toBe(diagnostic.received_at);
  });

  it.each(['1970-01-01T00:00:00Z', '1980-01-01T00:00:00Z', '2200-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])(
    'of %s never keeps a device from its newest state',
    async (collected_at) => {
      const same = device();
      await created({ device: same, collected_at: new Date().toISOString() });
      const wrong = await created({ device: same, collected_at });
      expect(wrong.clock_skew_ms).toBe(Date.parse(collected_at) - Date.parse(wrong.received_at));
      expect((await latestOf(wrong.device_id))?.latest_diagnostic_id).toBe(wrong.id);
      const right = await created({ device: same, collected_at: new Date().toISOString() });
      expect((await latestOf(wrong.device_id))?.latest_diagnostic_id).toBe(right.id);
    },
  );

  it('shows no sign where an agent was only offline', async () => {
    expect((await created({ collected_at: '2026-01-01T00:00:00Z' })).clock_skew_ms).toBeNull();
  });
});

describe('diagnostics out of order', () => {
  it('an older one is stored and listed, and changes no state of its device', async () => {
    const device = { serial: `SN-${randomUUID()}`, model: 'new' };
    const at = (collected_at: string, used: number, model: string) =>
      created({
        device: { ...device, model },
        collected_at,
        sections: { storage: ok({ fsSize: [fileSystem(used)] }) },
      });
    const newest = await at('2026-06-06T00:00:00Z', 60, 'new');
    const older = await at('2026-05-05T00:00:00Z', 99, 'old');
    const [row] = await rows<object>('select latest_diagnostic_id, latest_score, model from devices where id = $1', [
      newest.device_id,
    ]);
    expect(row).toEqual({ latest_diagnostic_id: newest.id, latest_score: newest.health.score, model: 'new' });
    const { body } = await api.call(`${PATH}?device_id=${newest.device_id}`, { token: technician });
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([older.id, newest.id]);
  });

  it('the same upload ten times under its key is one, without a key it is ten', async () => {
    const body = diagnosticBody();
    const headers = { 'idempotency-key': randomUUID() };
    const keyed: Answer[] = [];
    for (let time = 0; time < 10; time += 1) keyed.push(await post(body, headers));
    expect(new Set(keyed.map((answer) => answer.body.id)).size).toBe(1);
    const plain = await Promise.all(Array.from({ length: 10 }, () => post(body)));
    expect(new Set(plain.map((answer) => answer.body.id)).size).toBe(10);
    expect(await count('select 1 from diagnostics where device_id = $1', [keyed[0]?.body.device_id])).toBe(11);
  });
});
