import { RetryBudget } from './retry-budget.js';

describe('a budget of re-sends', () => {
  let budget: RetryBudget;
  beforeEach(() => {
    jest.useFakeTimers();
    budget = new RetryBudget();
  });
  afterEach(() => jest.useRealTimers());

  /** So many calls, evenly. */
  function call(count: number, seconds: number): void {
    for (let index = 0; index < count; index += 1) {
      jest.advanceTimersByTime(index % 10 === 0 ? (10_000 * seconds) / count : 0);
      budget.earn();
    }
  }
  function spendAll(): number {
    let spent = 0;
    while (budget.spend()) spent += 1;
    return spent;
  }

  it('survives the loss of what one replica has in its hands, also when it is the first that happens', () => {
    expect(spendAll()).toBe(128);
  });

  it('has besides a tenth of the calls of the last ten seconds', () => {
    call(60_000, 60);
    const spent = spendAll();
    expect(spent).toBeGreaterThan(128 + 900);
    expect(spent).toBeLessThan(128 + 1_100);
  });

  it('under a standing fault sends a tenth again, and no more', () => {
    spendAll();
    let spent = 0;
    for (let second = 0; second < 100; second += 1) {
      call(1_000, 1);
      spent += spendAll();
    }
    expect(spent).toBeLessThan(0.1 * 100_000 + 100 * 13);
    expect(spent).toBeGreaterThan(0.1 * 100_000);
  });

  it('has its reserve again after a while, and keeps nothing of a busy hour', () => {
    spendAll();
    jest.advanceTimersByTime(60_000);
    expect(spendAll()).toBeGreaterThan(120);
    call(100_000, 10);
    jest.advanceTimersByTime(120_000);
    expect(spendAll()).toBeLessThanOrEqual(128);
  });

  it('survives a clock that goes back', () => {
    spendAll();
    jest.setSystemTime(Date.now() - 3_600_000);
    expect(budget.spend()).toBe(false);
    call(1_000, 1);
    expect(spendAll()).toBeGreaterThan(90);
  });
});
