import { realIdentifier, realName } from './junk-values.js';

describe('realIdentifier', () => {
  it.each([
    ['Default string'],
    ['To be filled by O.E.M.'],
    ['To Be Filled By O.E.M'],
    ['None'],
    ['N/A'],
    ['-'],
    [''],
    ['  '],
    ['0'],
    ['0000000000'],
    ['System Serial Number'],
    ['00000000-0000-0000-0000-000000000000'],
    ['FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF'],
    ['03000200-0400-0500-0006-000700080009'],
    [undefined],
  ])('is undefined for %j', (value) => {
    expect(realIdentifier(value)).toBeUndefined();
  });

  it.each([['PF3ABCDE'], ['4C4C4544-0051-3510-8052-B4C04F4B4E32'], ['d8:bb:c1:00:11:22']])('keeps %s', (value) => {
    expect(realIdentifier(` ${value}\u0000 `)).toBe(value);
  });
});

describe('realName', () => {
  it.each([['System Product Name'], ['Product Name'], ['To be filled by O.E.M.'], ['…'], ['']])(
    'is undefined for %j',
    (value) => {
      expect(realName(value)).toBeUndefined();
    },
  );

  it.each([['LENOVO'], ['联想'], ['HP EliteBook 840 G5']])('keeps %s', (value) => {
    expect(realName(value)).toBe(value);
  });
});
