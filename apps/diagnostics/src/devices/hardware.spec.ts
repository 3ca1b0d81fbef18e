import fc from 'fast-check';
import type { Hardware, Section } from '@techze/contracts';
import { compareHardware, hardwareIn, operatingSystemIn } from './hardware.js';

const storage = (
  serials: readonly (string | undefined)[],
  status: Section['status'] = 'ok',
): Record<string, Section> => ({
  storage: { status, data: { diskLayout: serials.map((serialNum, nth) => ({ serialNum, name: `disk ${nth}` })) } },
});
const disks = (serials: readonly string[], whole = true): Hardware => ({
  disks: { parts: serials.map((serial) => ({ serial, name: null })), whole },
});
const serialsOf = (parts: readonly { serial: string }[] | undefined) => parts?.map(({ serial }) => serial);
const change = (known: Hardware | null, seen: Hardware) =>
  compareHardware(known, seen).changes.map(({ part, added, removed }) => [part, serialsOf(added), serialsOf(removed)]);

describe('the parts that sections tell of', () => {
  it('are disks, memory modules and the board, by serial number', () => {
    expect(
      hardwareIn({
        storage: { status: 'ok', data: { diskLayout: [{ serialNum: ' WX12A34 ', name: 'WDC WD5000LPCX' }] } },
        memory: {
          status: 'ok',
          data: {
            layout: [
              { size: 8, serialNum: '3A1F02C4', partNum: 'M471A1K43' },
              { size: 0, serialNum: '' },
            ],
          },
        },
        system: { status: 'ok', data: { serial: 'PF3ABCDE', baseboard: { serial: 'L1HF12345' } } },
      }),
    ).toEqual({
      disks: { parts: [{ serial: 'WX12A34', name: 'WDC WD5000LPCX' }], whole: true },
      memory: { parts: [{ serial: '3A1F02C4', name: 'M471A1K43' }], whole: true },
      board: { baseboard: 'L1HF12345', system: 'PF3ABCDE' },
    });
  });

  it('are not whole when the section failed in part, or a part does not say who it is', () => {
    expect(hardwareIn(storage(['A1B2C3'], 'denied')).disks?.whole).toBe(false);
    expect(hardwareIn(storage(['A1B2C3', 'To be filled by O.E.M.'])).disks?.whole).toBe(false);
    expect(hardwareIn(storage(['A1B2C3', undefined])).disks?.whole).toBe(false);
    expect(hardwareIn(storage(['A1B2C3', 'D4E5F6'])).disks?.whole).toBe(true);
  });

  it('are unknown, not none, when no part says who it is', () => {
    expect(hardwareIn(storage([]))).toEqual({});
    expect(hardwareIn(storage(['', 'Default string', '00000000']))).toEqual({});
  });

  it('do not hold what is plugged in and out', () => {
    const diskLayout = [{ serialNum: 'A1B2C3' }, { serialNum: 'STICK01', interfaceType: 'USB' }];
    const { disks: seen } = hardwareIn({ storage: { status: 'ok', data: { diskLayout } } });
    expect(seen).toEqual({ parts: [{ serial: 'A1B2C3', name: null }], whole: true });
  });

  it('are bounded: of ten thousand disks some are kept, and that they are not all is known', () => {
    const seen = hardwareIn(storage(Array.from({ length: 10_000 }, (_none, nth) => `SERIAL-${nth}`)));
    expect(seen.disks?.parts).toHaveLength(64);
    expect(seen.disks?.whole).toBe(false);
  });

  it('are read out of anything that JSON can hold', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('diskLayout', 'layout', 'serial', 'baseboard'), fc.jsonValue()),
        (data) => {
          const section = { status: 'ok' as const, data };
          const seen = hardwareIn({ storage: section, memory: section, system: section, os: section });
          expect(JSON.stringify(seen).length).toBeLessThan(64 * 3 * 512);
        },
      ),
    );
  });
});

describe('what changed between two looks', () => {
  it('is nothing at the first look', () => {
    expect(change(null, disks(['A', 'B']))).toEqual([]);
  });

  it('is a disk that was replaced, added or taken out', () => {
    expect(change(disks(['A', 'B']), disks(['A', 'C']))).toEqual([['disk', ['C'], ['B']]]);
    expect(change(disks(['A']), disks(['A', 'B']))).toEqual([['disk', ['B'], []]]);
    expect(change(disks(['A', 'B']), disks(['A']))).toEqual([['disk', [], ['B']]]);
  });

  it('is a board that says another serial number of itself', () => {
    expect(change({ board: { baseboard: 'X', system: 'S' } }, { board: { baseboard: 'Y' } })).toEqual([
      ['board', ['Y'], ['X']],
    ]);
    expect(change({ board: { baseboard: 'X' } }, { board: { system: 'S' } })).toEqual([]);
  });

  it('is nothing when a tool spells a serial number otherwise', () => {
    expect(change(disks(['s4ev nx0r']), disks(['S4EVNX0R']))).toEqual([]);
  });

  it('is nothing new when more can be read than before: it may have been there all the time', () => {
    expect(change(disks(['A'], false), disks(['A', 'B']))).toEqual([]);
    expect(change(disks(['A'], false), disks(['B']))).toEqual([['disk', [], ['A']]]);
  });

  const list = fc.record({
    parts: fc.uniqueArray(
      fc.record({ serial: fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F'), name: fc.constant(null) }),
      { selector: ({ serial }) => serial, minLength: 1 },
    ),
    whole: fc.boolean(),
  });
  const machine = fc.record({ disks: list, memory: list }, { requiredKeys: [] });

  it('is never a removal when a list was not read whole, and a part is never both there and gone', () => {
    fc.assert(
      fc.property(fc.option(machine), machine, (known, seen) => {
        const { hardware, changes } = compareHardware(known, seen);
        for (const { part, added, removed } of changes) {
          const kind = part === 'disk' ? 'disks' : 'memory';
          if (!seen[kind]?.whole) expect(removed).toEqual([]);
          if (!known?.[kind]?.whole) expect(added).toEqual([]);
          const now = serialsOf(hardware[kind]?.parts);
          for (const { serial } of removed) expect(now).not.toContain(serial);
          for (const { serial } of added) expect(now).toContain(serial);
        }
      }),
    );
  });

  it('is nothing at the same look again, in whatever order the parts are listed', () => {
    fc.assert(
      fc.property(fc.option(machine), machine, (known, seen) => {
        const { hardware } = compareHardware(known, seen);
        const turned = {
          ...seen,
          ...(seen.disks && { disks: { ...seen.disks, parts: [...seen.disks.parts].reverse() } }),
        };
        expect(compareHardware(hardware, turned).changes).toEqual([]);
      }),
    );
  });
});

describe('the operating system', () => {
  it('is its name and release', () => {
    const os = (data: Record<string, unknown>) => operatingSystemIn({ os: { status: 'ok', data } });
    expect(os({ platform: 'win32', distro: 'Microsoft Windows 11 Pro', release: '10.0.22631' })).toBe(
      'Microsoft Windows 11 Pro 10.0.22631',
    );
    expect(os({ platform: 'linux', distro: '', release: 12 })).toBe('linux');
    expect(os({ distro: { toString: 1 } })).toBeNull();
    expect(operatingSystemIn({})).toBeNull();
  });
});
