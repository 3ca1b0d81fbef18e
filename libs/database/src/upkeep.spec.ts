import { Logger } from '@techze/observability';
import { HourlyUpkeep } from './upkeep.js';

const HOUR_MS = 3_600_000;

/** What was logged, and a chore that can be made to fail or to last. */
class Chore extends HourlyUpkeep {
  runs = 0;
  fault: Error | undefined;
  end: Promise<void> = Promise.resolve();

  constructor(lines: string[]) {
    super(Logger.to({ write: (line: string) => void lines.push(line) }));
  }

  async run(): Promise<void> {
    this.runs += 1;
    await this.end;
    if (this.fault) throw this.fault;
  }
}

describe('hourly upkeep', () => {
  const lines: string[] = [];
  let chore: Chore;
  beforeEach(() => {
    jest.useFakeTimers();
    lines.length = 0;
    chore = new Chore(lines);
  });
  afterEach(() => jest.useRealTimers());

  it('is done at the start and every hour, and never again once the service stops', async () => {
    expect(chore.runs).toBe(0);
    chore.onApplicationBootstrap();
    expect(chore.runs).toBe(1);
    await jest.advanceTimersByTimeAsync(3 * HOUR_MS);
    expect(chore.runs).toBe(4);
    await chore.beforeApplicationShutdown();
    await jest.advanceTimersByTimeAsync(3 * HOUR_MS);
    expect(chore.runs).toBe(4);
  });

  it('that fails is told of and done the next time', async () => {
    chore.fault = new Error('no database');
    chore.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(HOUR_MS);
    expect(chore.runs).toBe(2);
    expect(lines.join('')).toMatch(/upkeep failed.*no database/s);
  });

  it('is waited for when the service stops: it ends on a database that is still there', async () => {
    let finish: () => void = () => undefined;
    chore.end = new Promise((resolve) => (finish = resolve));
    chore.onApplicationBootstrap();
    let stopped = false;
    const stopping = chore.beforeApplicationShutdown().then(() => (stopped = true));
    await jest.advanceTimersByTimeAsync(1);
    expect(stopped).toBe(false);
    finish();
    await stopping;
    expect(stopped).toBe(true);
  });
});
