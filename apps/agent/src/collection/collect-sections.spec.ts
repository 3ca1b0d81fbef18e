import { bareMachine } from '../../test/machines/bare-machine.js';
import { collectSections } from './collect-sections.js';
import type { Collector } from './collector.js';
import type { SectionResult } from './section-result.js';

const collector = (section: string, collect: () => Promise<SectionResult>): Collector => ({ section, collect });
const fine = collector('fine', () => Promise.resolve({ status: 'ok', data: { value: 1 } }));
const fast = { partLimitMs: 10, include: [] };

describe('collectSections', () => {
  it('gives every section its own status; what fails never loses the others', async () => {
    const sections = await collectSections(
      bareMachine(),
      [
        collector('throws', () => Promise.reject(new Error('no such thing\u0000'))),
        collector('refused', () => Promise.reject(Object.assign(new Error('EACCES'), { code: 'EACCES' }))),
        fine,
      ],
      fast,
    );
    expect(Object.keys(sections)).toEqual(['throws', 'refused', 'fine']);
    expect(sections).toMatchObject({
      throws: { status: 'error', error: 'no such thing' },
      refused: { status: 'denied' },
      fine: { status: 'ok', data: { value: 1 } },
    });
  });

  describe('with the clock stopped', () => {
    beforeEach(() => jest.useFakeTimers());
    afterEach(() => jest.useRealTimers());

    it('gives up on a section that hangs', async () => {
      const hangs = collector('hangs', () => new Promise(() => undefined));
      const collecting = collectSections(bareMachine(), [hangs, fine], fast);
      await jest.advanceTimersByTimeAsync(5_000);
      expect(await collecting).toMatchObject({ hangs: { status: 'timeout' }, fine: { status: 'ok' } });
    });

    it('gives up on a first sample that hangs, and goes on', async () => {
      const hangs: Collector = { ...fine, prime: () => new Promise(() => undefined) };
      const collecting = collectSections(bareMachine(), [hangs], fast);
      await jest.advanceTimersByTimeAsync(5_000);
      expect((await collecting).fine?.status).toBe('ok');
    });
  });

  it('takes two samples with a silent second between them', async () => {
    const steps: string[] = [];
    const machine = bareMachine({
      pause: (ms) => {
        steps.push(`pause ${ms}`);
        return Promise.resolve();
      },
    });
    const sampling: Collector = {
      ...collector('rates', () => {
        steps.push('second');
        return fine.collect(machine, fast);
      }),
      prime: () => {
        steps.push('first');
        return Promise.resolve();
      },
    };
    await collectSections(machine, [sampling], fast);
    expect(steps).toEqual(['first', 'pause 1000', 'second']);
  });

  it('does not wait when nothing needs a second sample', async () => {
    const pause = jest.fn(() => Promise.resolve());
    await collectSections(bareMachine({ pause }), [fine], fast);
    expect(pause.mock.calls).toEqual([]);
  });

  it('tells of each section as it arrives', async () => {
    const seen: string[] = [];
    await collectSections(bareMachine(), [fine], {
      ...fast,
      onSection: (name, { status }) => seen.push(name + status),
    });
    expect(seen).toEqual(['fineok']);
  });
});
