import { versionsOf } from './if-match.decorator.js';

describe('If-Match', () => {
  it.each([
    ['is absent: any version will do', undefined, undefined],
    ['is a star: any version will do', '*', undefined],
    ['names one version', '"v3"', [3]],
    ['names several', '"v3", "v12"', [3, 12]],
    ['is compared strongly: a weak tag matches nothing', 'W/"v3"', []],
    ['names what was never a tag of ours: matches nothing', '"abc"', []],
    ['is empty: matches nothing', '', []],
  ])('%s', (_case, header, versions) => {
    expect(versionsOf(header)).toEqual(versions);
  });

  it('takes at most a hundred tags', () => {
    expect(versionsOf(Array.from({ length: 5000 }, () => '"v1"').join(','))).toHaveLength(100);
  });
});
