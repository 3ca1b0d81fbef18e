import { TrustedAnswers } from './trusted-answers.js';

describe('an answer of the database about a credential', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('is asked for once by many at once, and trusted for less than a second', async () => {
    const answers = new TrustedAnswers<string>();
    const ask = jest.fn(() => Promise.resolve('yes'));
    expect(await Promise.all([answers.find('a', ask), answers.find('a', ask)])).toEqual(['yes', 'yes']);
    jest.advanceTimersByTime(799);
    await answers.find('a', ask);
    expect(ask).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(1);
    await answers.find('a', ask);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('is trusted no longer for a clock that is set back', async () => {
    const answers = new TrustedAnswers<string>();
    await answers.find('a', () => Promise.resolve('before'));
    jest.setSystemTime(Date.now() - 3_600_000);
    jest.advanceTimersByTime(800);
    expect(await answers.find('a', () => Promise.resolve('after'))).toBe('after');
  });

  it('is not trusted when it is that there is none: who is let in meanwhile is in at once', async () => {
    const answers = new TrustedAnswers<string>();
    expect(await answers.find('a', () => Promise.resolve(undefined))).toBeUndefined();
    expect(await answers.find('a', () => Promise.resolve('yes'))).toBe('yes');
  });

  it('is nothing when the database cannot answer: that is no yes and no no, and is asked again', async () => {
    const answers = new TrustedAnswers<string>();
    await expect(answers.find('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect(await answers.find('a', () => Promise.resolve('yes'))).toBe('yes');
  });

  it('is not kept for ever, however many are asked about', async () => {
    const answers = new TrustedAnswers<string>();
    const yes = () => Promise.resolve('yes');
    for (let nth = 0; nth < 120_000; nth += 1) await answers.find(`credential ${nth}`, yes);
    expect((answers as unknown as { entries: Map<string, unknown> }).entries.size).toBeLessThanOrEqual(50_000);
  });

  it('is forgotten at once when somebody knows better', async () => {
    const answers = new TrustedAnswers<string>();
    await answers.find('a', () => Promise.resolve('yes'));
    answers.forget('a');
    expect(await answers.find('a', () => Promise.resolve(undefined))).toBeUndefined();
  });
});
