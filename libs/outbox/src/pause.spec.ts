import { Pause } from './pause.js';

describe('a pause', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  async function lengthOf(pause: Promise<void>): Promise<number> {
    const start = performance.now();
    let end: number | undefined;
    void pause.then(() => (end = performance.now()));
    while (end === undefined) await jest.advanceTimersByTimeAsync(1);
    return end - start;
  }

  it('lasts as long as it was begun for', async () => {
    expect(await lengthOf(new Pause().begin(1000))).toBe(1000);
  });

  it('ends earlier when told so, and the earliest word counts', async () => {
    const pause = new Pause();
    const length = lengthOf(pause.begin(1000));
    pause.endIn(20);
    pause.endIn(5);
    pause.endIn(50);
    expect(await length).toBe(5);
  });

  it('does not miss an end that came before it began, and forgets it afterwards', async () => {
    const pause = new Pause();
    pause.end();
    expect(await lengthOf(pause.begin(1000))).toBeLessThanOrEqual(1);
    expect(await lengthOf(pause.begin(1000))).toBe(1000);
  });

  it('goes its full length when what came before is to be forgotten', async () => {
    const pause = new Pause();
    pause.endIn(5);
    pause.forget();
    expect(await lengthOf(pause.begin(1000))).toBe(1000);
  });

  it('leaves no timer behind', async () => {
    const pause = new Pause();
    const length = lengthOf(pause.begin(1000));
    pause.end();
    await length;
    expect(jest.getTimerCount()).toBe(0);
  });
});
