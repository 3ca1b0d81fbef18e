import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { exportOf, newKey, recordOf, TENANT, type HeadLine, type RecordLine } from '../../test/support/trail.js';
import type { AuditPublicKeys } from '../trail/audit-keys.js';
import { headHash, signHead } from '../trail/batch-head.js';
import type { ExportLine } from '../trail/export-lines.js';
import { digestOf, readable, SEALED } from '../trail/sealed-details.js';
import { leafOf } from '../trail/sealed-record.js';
import type { TrailFault } from '../trail/trail-verifier.js';
import { headsInLog, NotAnExport, verifyExport, type Expectations } from './verify-export.js';

const key = newKey();
const SIZES = [3, 1, 4, 2];
const whole = exportOf(SIZES, key);
/** As the auditor noted it; the export says the same. */
const TAKEN_AT = Date.parse('2026-11-22T08:01:00Z');
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'techze-audit-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string, lines: readonly unknown[]) => {
  const file = join(folder, name);
  writeFileSync(file, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)) + '\n').join(''));
  return file;
};
async function check(
  lines: readonly unknown[],
  { keys = key.open, log, ...expected }: Partial<Expectations> & { keys?: AuditPublicKeys; log?: unknown[] } = {},
) {
  const faults: TrailFault[] = [];
  const logFile = log && fileOf('log', log);
  const verdict = await verifyExport(
    fileOf('export.ndjson', lines),
    keys,
    {
      retentionDays: 400,
      takenAt: TAKEN_AT,
      extract: false,
      ...(logFile !== undefined && { kept: (tenant) => headsInLog(logFile, tenant, keys) }),
      ...expected,
    },
    (fault) => faults.push(fault),
  );
  expect(verdict.faults).toBe(faults.length);
  return { verdict, faults };
}
const isRecord = (sequence: number) => (line: ExportLine) => line.kind === 'record' && line.sequence === sequence;
const isHead = (batch: number) => (line: ExportLine) => line.kind === 'head' && line.batch === batch;
const place = (is: (line: ExportLine) => boolean) => whole.findIndex(is);
const headOf = (batch: number) => {
  const { kind: _kind, ...head } = whole[place(isHead(batch))] as HeadLine;
  return head;
};
const recordAt = (sequence: number) => whole[place(isRecord(sequence))] as RecordLine;
const told = (batch: number | null, sequence: number | null, detail: RegExp) =>
  expect.objectContaining({ batch, sequence, detail: expect.stringMatching(detail) });

describe('an export that nobody touched', () => {
  it('is verified, to its last record', async () => {
    const { verdict, faults } = await check(whole);
    expect(faults).toEqual([]);
    expect(verdict).toMatchObject({ tenant_id: TENANT, batches: 4, records: 10, withheld: 0, last: headOf(4) });
  });

  it('may be empty', async () => {
    expect((await check(exportOf([], key))).faults).toEqual([]);
  });

  it('is verified by all keys of a rotation together, and by a stranger’s not at all', async () => {
    expect((await check(whole, { keys: new Map([...newKey().open, ...key.open]) })).faults).toEqual([]);
    const { faults } = await check(whole, { keys: newKey().open });
    expect(faults).toEqual([1, 2, 3, 4].map((batch) => told(batch, null, /a key that is not at hand/)));
  });
});

describe('finds', () => {
  it.each<[string, Partial<RecordLine>]>([
    ['its details', { details: { nth: 5, list: [1, 'two', false] } }],
    ['its actor', { user_id: 'user-2' }],
    ['its success', { success: false }],
    ['a microsecond', { timestamp: '2026-11-22T08:00:00.000006Z' }],
    ['null and empty', { resource_id: '' }],
    ['its id', { id: 'aud_other' }],
  ])('a changed record, and which: %s', async (_what, change) => {
    const { faults } = await check(whole.with(place(isRecord(5)), { ...recordAt(5), ...change }));
    expect(faults).toEqual([told(3, 5, /changed/)]);
  });

  it('a changed record whose leaf was made to fit: which batch', async () => {
    const changed = { ...recordAt(5), success: false };
    const forged = { ...changed, leaf: leafOf(TENANT, changed).toString('hex') };
    expect((await check(whole.with(place(isRecord(5)), forged))).faults).toEqual([told(3, null, /at least one/)]);
  });

  it('a deleted record, and which', async () => {
    const { faults } = await check(whole.toSpliced(place(isRecord(6)), 1));
    expect(faults).toEqual([told(3, 6, /missing/), told(null, null, /says it holds/)]);
  });

  it('an inserted record, at a place that is taken and at one that is not', async () => {
    const twice = await check(whole.toSpliced(place(isRecord(6)), 0, { ...recordAt(5), id: 'aud_new' }));
    expect(twice.faults).toContainEqual({ ...told(3, 5, /inserted/).sample, record_id: 'aud_new' });
    const behind = await check(whole.toSpliced(-1, 0, { ...recordAt(5), sequence: 11 }));
    expect(behind.faults).toContainEqual(told(4, 11, /inserted/));
    const before = await check(whole.toSpliced(1, 0, recordAt(1)));
    expect(before.faults).toContainEqual(told(null, 1, /before the first head/));
  });

  it('two records that were swapped: by line, and by place', async () => {
    const [five, six] = [place(isRecord(5)), place(isRecord(6))];
    const byLine = await check(whole.with(five, recordAt(6)).with(six, recordAt(5)));
    expect(byLine.faults).toEqual([told(3, 5, /out of order/)]);
    const moved = (to: number, of: number) => ({ ...recordAt(of), sequence: to, leaf: recordAt(to).leaf });
    const byPlace = await check(whole.with(five, moved(5, 6)).with(six, moved(6, 5)));
    expect(byPlace.faults).toEqual([told(3, 5, /put in the place/), told(3, 6, /put in the place/)]);
  });

  it('a forged head: another root, another end, another moment, another tenant', async () => {
    for (const change of [
      { root: '0'.repeat(64) },
      { to_sequence: 7 },
      { sealed_at: '2026-11-22T08:00:02.000001Z' },
      { tenant_id: 'tnt_b' },
      { previous: '1'.repeat(64) },
    ]) {
      const { faults } = await check(
        whole.with(place(isHead(3)), { ...(whole[place(isHead(3))] as HeadLine), ...change }),
      );
      expect(faults).toContainEqual(told(3, null, /signature of the head is not genuine/));
    }
  });

  it('a head that another key signed, though the key claims to be ours', async () => {
    const stranger = newKey();
    const { signature: _signature, ...head } = headOf(2);
    const forged = signHead(head, stranger.signing.privateKey);
    const { faults } = await check(whole.with(place(isHead(2)), { kind: 'head', ...forged }));
    expect(faults).toEqual([told(2, null, /not genuine/)]);
  });

  it('a genuine head that was replaced by another genuine one: a rewritten past', async () => {
    const other = exportOf(SIZES, key);
    const rewritten = { ...(other[1] as HeadLine), sealed_at: '2026-11-22T07:00:00.000000Z' };
    const { kind: _kind, signature: _signature, ...head } = rewritten;
    const { faults } = await check(whole.with(1, { kind: 'head', ...signHead(head, key.signing.privateKey) }));
    expect(faults).toEqual([told(2, null, /does not continue the head before it/)]);
  });

  it('a missing batch, in the middle and at the beginning', async () => {
    const without = (batch: number) => {
      const from = place(isHead(batch));
      return whole.toSpliced(from, 1 + (SIZES[batch - 1] ?? 0));
    };
    expect((await check(without(2))).faults).toContainEqual(told(3, null, /batch 2 is missing/));
    expect((await check(without(1))).faults).toContainEqual(told(2, null, /batch 1 is missing/));
  });

  it('a batch that comes twice', async () => {
    const from = place(isHead(2));
    const { faults } = await check(whole.toSpliced(from, 0, ...whole.slice(from, from + 2)));
    expect(faults).toContainEqual(told(2, null, /comes again/));
  });

  it('a file that was cut off, wherever', async () => {
    for (let length = 1; length < whole.length; length += 1)
      expect((await check(whole.slice(0, length))).verdict.faults).toBeGreaterThan(0);
  });

  it('a trail that was cut short at its end, by the heads in the log', async () => {
    const shorter = exportOf(SIZES.slice(0, 3), key);
    const line = (batch: number, msg = 'audit batch sealed') => ({ level: 'info', msg, head: headOf(batch) });
    const log = ['not JSON', line(1), line(4), { ...line(3), head: { ...headOf(3), batch: 9 } }];
    expect((await check(whole, { log })).faults).toEqual([]);
    expect((await check(shorter)).faults).toEqual([]);
    expect((await check(shorter, { log })).faults).toEqual([told(4, null, /in the log and not in the export/)]);
  });

  it('a trail that was sealed anew with our own key, by the heads in the log', async () => {
    const { signature: _signature, ...head } = headOf(4);
    const anew = signHead({ ...head, sealed_at: '2026-11-22T08:00:30.000000Z' }, key.signing.privateKey);
    const forged = whole.with(place(isHead(4)), { kind: 'head', ...anew });
    expect((await check(forged)).faults).toEqual([]);
    const log = [{ msg: 'audit batch sealed', head: headOf(4) }];
    expect((await check(forged, { log })).faults).toEqual([told(4, null, /not the one in the log/)]);
  });

  it('any change of any line: one character of any value, a line less, two lines exchanged', async () => {
    const texts = whole.map((line) => JSON.stringify(line));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: texts.length - 1 }), fc.nat(), fc.nat(2), async (index, at, how) => {
        const text = texts[index] ?? '';
        const other = 1 + (at % (texts.length - 1));
        const tampered =
          how === 0
            ? texts.with(index, flipped(text, at))
            : how === 1
              ? texts.toSpliced(index, 1)
              : texts.with(index, texts[other] ?? '').with(other, text);
        fc.pre(tampered.join('\n') !== texts.join('\n'));
        expect((await check(tampered)).verdict.faults).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
  });
});

/** One character of a value is another; member names stay, so that the line stays one of an export. */
function flipped(text: string, at: number): string {
  const values = [...text.matchAll(/:("(?:[^"\\]|\\.)+"|\d+|true|false)/g)];
  const value = values[at % values.length];
  if (!value) return `${text} `;
  const [match, old = ''] = value;
  const changed =
    old === 'true' ? 'false' : old === 'false' ? 'true' : old.startsWith('"') ? `"x${old.slice(1)}` : `${old}1`;
  return text.slice(0, value.index) + match.replace(old, changed) + text.slice(value.index + match.length);
}

describe('an extract', () => {
  const [header] = whole;
  const from = place(isHead(2));
  const batches = whole.slice(from, -1);
  const extract = (lines: readonly ExportLine[], records: number) => [
    { ...header, filters: { type: 'LOGIN_SUCCEEDED' } },
    ...lines,
    { kind: 'end', batches: 3, records },
  ];
  const withheld = batches.map((line): ExportLine =>
    line.kind === 'record' && line.sequence !== 6 ? { kind: 'leaf', sequence: line.sequence, leaf: line.leaf } : line,
  );

  const asked = (lines: readonly unknown[]) => check(lines, { extract: true });

  it('that nobody asked for is not taken for one: deleted records are not passed off as left out', async () => {
    for (const filters of [{ type: 'LOGIN_SUCCEEDED' }, { from: '2026-01-01T00:00:00Z' }, { unheard_of: '' }]) {
      const deleted = whole.map((line): ExportLine =>
        line.kind === 'record' && line.sequence === 6 ? { kind: 'leaf', sequence: 6, leaf: line.leaf } : line,
      );
      const lines = [{ ...header, filters }, ...deleted.slice(1, -1), { kind: 'end', batches: 4, records: 9 }];
      expect((await asked(lines)).faults).toEqual([]);
      expect((await check(lines)).faults).toEqual([told(null, null, /says that it was asked for with filters/)]);
    }
  });

  it('that was asked for, and says that it is whole, is held to that', async () => {
    const { faults } = await asked([header, ...withheld, { kind: 'end', batches: 3, records: 1 }]);
    expect(faults).toContainEqual(told(2, null, /batch 1 is missing/));
  });

  it('is verified record by record, by the hashes of those it leaves out', async () => {
    const { verdict, faults } = await asked(extract(withheld, 1));
    expect(faults).toEqual([]);
    expect(verdict).toMatchObject({ batches: 3, records: 1, withheld: 6 });
  });

  it('may leave out all records of a batch, but none of a batch of which it shows one', async () => {
    const only = withheld.filter((line) => line.kind !== 'leaf' || (line.sequence >= 5 && line.sequence <= 8));
    expect((await asked(extract(only, 1))).faults).toEqual([]);
    const less = only.filter((line) => line.kind !== 'leaf' || line.sequence !== 7);
    expect((await asked(extract(less, 1))).faults).toEqual([told(3, 7, /missing/)]);
  });

  it('shows a change of the record that it holds, and a forged hash of one that it does not', async () => {
    const changed = withheld.map((line) => (line.kind === 'record' ? { ...line, success: false } : line));
    expect((await asked(extract(changed, 1))).faults).toEqual([told(3, 6, /changed/)]);
    const forged = withheld.map((line) =>
      line.kind === 'leaf' && line.sequence === 7 ? { ...line, leaf: '0'.repeat(64) } : line,
    );
    expect((await asked(extract(forged, 1))).faults).toEqual([told(3, null, /at least one/)]);
  });

  it('cannot pass for a whole export', async () => {
    const { faults } = await check([header, ...withheld, { kind: 'end', batches: 3, records: 1 }]);
    expect(faults).toContainEqual(told(null, null, /left out of a whole export/));
  });
});

describe('what is no export', () => {
  it.each([
    ['nothing', []],
    ['another file', ['sequence,id', '1,2']],
    ['a head first', whole.slice(1)],
    ['another version', [{ ...whole[0], version: 2 }, ...whole.slice(1)]],
  ])('is refused: %s', async (_what, lines) => {
    await expect(check(lines)).rejects.toThrow(NotAnExport);
  });

  it('a line that is none of it is told by its number', async () => {
    expect((await check(([] as unknown[]).concat(whole).toSpliced(2, 0, '{"kind":"record"}'))).faults).toEqual([
      told(null, null, /line 3 is not one/),
    ]);
  });
});

describe('what the auditor knows by himself', () => {
  it('whose trail it is: another tenant’s export, genuine as it may be, is not taken for it', async () => {
    expect((await check(whole, { tenantId: TENANT })).faults).toEqual([]);
    expect((await check(whole, { tenantId: 'tnt_b' })).faults).toEqual([told(null, null, /another tenant/)]);
  });

  it('the head that was noted before: an older export, a trail rolled back and one rewritten do not hold it', async () => {
    const older = exportOf(SIZES.slice(0, 3), key);
    expect((await check(whole, { head: headHash(headOf(3)) })).faults).toEqual([]);
    expect((await check(older, { head: headHash(headOf(3)) })).faults).toEqual([]);
    expect((await check(older, { head: headHash(headOf(4)) })).faults).toEqual([told(null, null, /rolled back/)]);
    const { signature: _signature, ...head } = headOf(4);
    const anew = signHead({ ...head, sealed_at: '2026-11-22T08:00:30.000000Z' }, key.signing.privateKey);
    const rewritten = whole.with(place(isHead(4)), { kind: 'head', ...anew });
    expect((await check(rewritten, { head: headHash(headOf(4)) })).faults).toEqual([told(null, null, /rewritten/)]);
  });

  describe('when the export was taken', () => {
    const [{ tenant_id, ...header }, ...shorter] = exportOf(SIZES.slice(0, 3), key) as [HeadLine, ...ExportLine[]];
    const dated = (exported_at: string) => [{ ...header, tenant_id, exported_at }, ...shorter];
    const log = [{ msg: 'audit batch sealed', head: { ...headOf(4) } }];

    it('is not left to the export: a backdated one excuses no batch that was cut off', async () => {
      const backdated = dated('2026-11-22T08:00:02.500000Z');
      expect((await check(backdated, { log })).faults).toEqual([]);
      for (const takenAt of [TAKEN_AT + 6 * 60_000, TAKEN_AT + 365 * 24 * 60 * 60_000])
        expect((await check(backdated, { log, takenAt })).faults).toEqual([told(4, null, /in the log and not in/)]);
    });

    it('what was sealed only afterwards is not missed, however late the auditor noted it', async () => {
      const early = dated('2026-11-22T08:00:02.500000Z');
      expect((await check(early, { log, takenAt: Date.parse('2026-11-22T08:04:00Z') })).faults).toEqual([]);
    });

    it('is not before what it holds: a head that is younger than its export tells that the time is forged', async () => {
      const { faults } = await check(dated('2026-11-21T00:00:00.000000Z'));
      expect(faults).toEqual([1, 2, 3].map((batch) => told(batch, null, /its time is forged/)));
    });
  });

  describe('how long records are kept', () => {
    const [header, ...rest] = whole;
    const at = (exported_at: string, lines = rest) => [{ ...header, exported_at }, ...lines];
    const without = (batch: number) => {
      const from = rest.findIndex(isHead(batch)) + 1;
      const size = SIZES[batch - 1] ?? 0;
      const less = rest.toSpliced(from, size);
      return less.with(-1, { kind: 'end', batches: SIZES.length, records: 10 - size });
    };

    it('an old batch may be gone as a whole, but for its head', async () => {
      const later = { takenAt: Date.parse('2028-01-01T00:00:00Z') };
      const { verdict, faults } = await check(at('2028-01-01T00:00:00.000000Z', without(3)), later);
      expect(faults).toEqual([]);
      expect(verdict).toMatchObject({ records: 6, expired: 4, batches: 4 });
      const half = without(3).toSpliced(rest.findIndex(isHead(3)) + 1, 0, recordAt(5));
      expect((await check(at('2028-01-01T00:00:00.000000Z', half), later)).faults).toContainEqual(
        told(3, 6, /missing/),
      );
    });

    it('a young one may not: not by what the export says of its own age either', async () => {
      expect((await check(at('2026-11-22T08:01:00.000000Z', without(3)))).faults).toContainEqual(
        told(3, 4 + 1, /missing/),
      );
      expect((await check(at('2999-01-01T00:00:00.000000Z', without(3)))).faults).toContainEqual(told(3, 5, /missing/));
      const aged = at('2999-01-01T00:00:00.000000Z', without(3)).map((line) =>
        'batch' in line && line.batch === 3 ? { ...line, sealed_at: '2020-01-01T00:00:00.000000Z' } : line,
      );
      expect((await check(aged)).faults).toContainEqual(told(3, null, /signature of the head is not genuine/));
    });
  });
});

describe('personal data', () => {
  const opened = JSON.stringify(['salt', 'ana@example.com']);
  const stored = {
    kind: 'user',
    email: { [SEALED]: 0 },
    [SEALED]: { key: 'key_1', sha256: digestOf(opened), box: 'x' },
  };
  const lines = exportOf([1], key, () => ({ ...recordOf(1), details: stored }));
  const shown = (text: string) => lines.map((line) => (line.kind === 'record' ? { ...line, opened: text } : line));

  it('that is shown is proved, and a forged one is found', async () => {
    expect((await check(shown(opened))).faults).toEqual([]);
    expect((await check(shown(opened.replace('ana', 'eva')))).faults).toEqual([told(1, 1, /not what was sealed/)]);
    expect(readable(stored, opened)).toEqual({ kind: 'user', email: 'ana@example.com' });
  });

  it('that was erased leaves the record as genuine as it was', async () => {
    expect((await check(lines)).faults).toEqual([]);
    expect(readable(stored, undefined)).toEqual({ kind: 'user', email: { erased: true } });
  });

  it('cannot be slipped into a record that sealed none', async () => {
    const slipped = whole.with(place(isRecord(5)), { ...recordAt(5), opened });
    expect((await check(slipped)).faults).toEqual([told(3, 5, /not what was sealed/)]);
  });
});

describe('a hostile file', () => {
  it('of one endless line is refused, not held in memory', async () => {
    await expect(check([whole[0], 'x'.repeat(3 * 1024 * 1024)])).rejects.toThrow(/more than 1 MiB/);
  });

  it.each([
    ['no JSON', '{"kind":'],
    ['nested beyond what anybody means', `{"kind":"record","details":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
    ['a number that none is', '{"kind":"end","batches":1e999,"records":10}'],
    ['binary', '\u0000\u0001\ufffd'],
    ['an empty line', ''],
  ])('with a line of %s is told by its number', async (_what, line) => {
    const { faults } = await check(([] as unknown[]).concat(whole).toSpliced(1, 0, line));
    expect(faults).toContainEqual(told(null, null, /line 2 is not one/));
  });

  it('whose head claims more records than can be counted is done with at once', async () => {
    const { signature: _signature, ...head } = headOf(4);
    const endless = signHead({ ...head, to_sequence: Number.MAX_SAFE_INTEGER }, key.signing.privateKey);
    const { faults } = await check(whole.with(place(isHead(4)), { kind: 'head', ...endless }));
    expect(faults.length).toBeLessThan(30);
  });

  it('may be compressed; one that is damaged so could not be checked', async () => {
    const packed = join(folder, 'export.ndjson.gz');
    const bytes = gzipSync(whole.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const verified = () =>
      verifyExport(packed, key.open, { retentionDays: 400, takenAt: TAKEN_AT, extract: false }, () => undefined);
    writeFileSync(packed, bytes);
    expect(await verified()).toMatchObject({ faults: 0, records: 10 });
    writeFileSync(packed, bytes.subarray(0, -20));
    await expect(verified()).rejects.toThrow(/unexpected end/);
  });
});
