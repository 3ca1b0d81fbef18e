import { HashingPlaces } from './hashing-places.js';

/** Work that ends when it is told to. */
function job() {
  let end: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (end = resolve));
  let begun = false;
  return { end, work: () => ((begun = true), done), begun: () => begun };
}
const turns = async () => {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
};

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('hashing', () => {
  it('happens twice at a time; the next enters when one leaves, first come, first served', async () => {
    const places = new HashingPlaces();
    const jobs = [job(), job(), job(), job()];
    const runs = jobs.map(({ work }) => places.run(work));
    await turns();
    expect(jobs.map(({ begun }) => begun())).toEqual([true, true, false, false]);
    jobs[1]?.end();
    await turns();
    expect(jobs.map(({ begun }) => begun())).toEqual([true, true, true, false]);
    for (const { end } of jobs) end();
    await Promise.all(runs);
  });

  it('is refused as overloaded after two seconds in the queue, and never begun', async () => {
    const places = new HashingPlaces();
    const [first, second, late, after] = [job(), job(), job(), job()];
    const runs = [places.run(first.work), places.run(second.work)];
    const refused = expect(places.run(late.work)).rejects.toMatchObject({ code: 'overloaded' });
    await jest.advanceTimersByTimeAsync(2_000);
    await refused;
    expect(late.begun()).toBe(false);
    first.end();
    await turns();
    const last = places.run(after.work);
    await turns();
    expect(after.begun()).toBe(true);
    for (const { end } of [second, after]) end();
    await Promise.all([...runs, last]);
  });

  it('gives its place back when it fails', async () => {
    const places = new HashingPlaces();
    for (let time = 0; time < 5; time += 1)
      await expect(places.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(places.run(() => Promise.resolve('yes'))).resolves.toBe('yes');
  });
});
