import { usableIdentifier } from './hardware-identifier.js';

describe('a hardware identifier', () => {
  it.each(['PF3ABCDE', ' 5CD1234XYZ ', '4c4c4544-0042-3510-8057-b7c04f4d3533', 'VMware-56 4d 8a 1c'])(
    'that tells machines apart is kept: %s',
    (value) => {
      expect(usableIdentifier(value)).toBe(value.trim());
    },
  );

  it.each([
    undefined,
    '',
    '  ',
    'Default string',
    'To be filled by O.E.M.',
    'System Serial Number',
    'Not Specified',
    'None',
    'N/A',
    '-',
    '0',
    '00000000',
    'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
    '00000000-0000-0000-0000-000000000000',
    '03000200-0400-0500-0006-000700080009',
    '123456789',
    'XXXXXXXX',
  ])('that thousands of boards share is none: %p', (value) => {
    expect(usableIdentifier(value)).toBeUndefined();
  });
});
