import { timesOf } from './diagnostic-times.js';

const receivedAt = new Date('2026-11-22T08:00:00Z');
const times = (collectedAt: string) => timesOf(new Date(collectedAt), receivedAt);

describe('the times of a diagnostic', () => {
  it.each(['2026-11-22T07:59:59Z', '2026-11-22T08:00:00Z', '2026-01-01T00:00:00Z', '2020-01-01T00:00:00Z'])(
    'are believed where they can be true: %s',
    (collectedAt) => {
      expect(times(collectedAt)).toMatchObject({ seenAt: new Date(collectedAt), clockSkewMs: null });
    },
  );

  it('a clock that is ahead counts from when the diagnostic came in, and says by how much it is ahead', () => {
    expect(times('2026-11-22T09:00:00Z')).toMatchObject({ seenAt: receivedAt, clockSkewMs: 3_600_000 });
    expect(times('9999-12-31T23:59:59Z').seenAt).toEqual(receivedAt);
  });

  it('so does one that has lost its battery, and is behind', () => {
    const { seenAt, clockSkewMs } = times('1970-01-01T00:00:00Z');
    expect(seenAt).toEqual(receivedAt);
    expect(clockSkewMs).toBe(-receivedAt.getTime());
    expect(times('2019-12-31T23:59:59.999Z').seenAt).toEqual(receivedAt);
  });
});
