import fc from 'fast-check';
import { identityKeys, identityOf, newMarks } from './device-identity.js';

describe('a device’s identity', () => {
  it('is its serial number, UUID and host name in the spelling that is compared', () => {
    expect(
      identityOf({ serial: ' PF3ABCDE ', uuid: '4C4C4544-0042-3510-8057-B7C04F4D3533', hostname: 'Balcao-03 ' }),
    ).toEqual({
      serial: 'PF3ABCDE',
      hardware_uuid: '4c4c4544-0042-3510-8057-b7c04f4d3533',
      hostname: 'balcao-03',
    });
  });

  it('has no junk in it', () => {
    expect(identityOf({ serial: 'To be filled by O.E.M.', uuid: '00000000-0000-0000-0000-000000000000' })).toEqual({
      serial: null,
      hardware_uuid: null,
      hostname: null,
    });
  });

  it('is the same however blanks and case are set, and again of itself; serial numbers keep their case', () => {
    const mark = fc.string({ unit: fc.constantFrom(...'abcXYZ019-. '), maxLength: 24 });
    fc.assert(
      fc.property(mark, mark, mark, (hostname, serial, uuid) => {
        const identity = identityOf({ hostname, serial, uuid });
        expect(
          identityOf({
            hostname: ` ${hostname.toUpperCase()} `,
            serial: `  ${serial}`,
            uuid: `${uuid.toUpperCase()} `,
          }),
        ).toEqual(identity);
        const { hostname: name, serial: number, hardware_uuid } = identity;
        expect(
          identityOf({
            ...(name !== null && { hostname: name }),
            ...(number !== null && { serial: number }),
            ...(hardware_uuid !== null && { uuid: hardware_uuid }),
          }),
        ).toEqual(identity);
      }),
    );
  });

  it('is locked in one order, whoever asks: nobody waits crosswise', () => {
    const all = identityKeys({ serial: 's', hardware_uuid: 'u', hostname: 'h' }, 'a');
    expect(all).toHaveLength(4);
    expect(all).toEqual([...all].sort());
    expect(identityKeys({ serial: null, hardware_uuid: null, hostname: 'h' })).toEqual(['hostname:h']);
  });
});

describe('marks that are new', () => {
  it('are those that were given and are not what is known', () => {
    const known = { serial: 's', hardware_uuid: null };
    expect(newMarks({ serial: 's', hardware_uuid: 'u' }, known)).toEqual({ serial: null, hardware_uuid: 'u' });
    expect(newMarks({ serial: 't', hardware_uuid: null }, known)).toEqual({ serial: 't', hardware_uuid: null });
    expect(newMarks({ serial: null, hardware_uuid: null }, known)).toEqual({ serial: null, hardware_uuid: null });
  });
});
