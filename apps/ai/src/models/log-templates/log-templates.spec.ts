import fc from 'fast-check';
import { templatesOf } from './index.js';
import { MAX_EXAMPLE_LENGTH, MAX_SHAPES } from './miner.js';
import { MAX_LINE_LENGTH } from './tokens.js';

const mined = (lines: string[]) => templatesOf(lines).templates.map(({ template }) => template);
const groups = (lines: string[]) => [...templatesOf(lines).assignments];

describe('log templates', () => {
  it('replace what varies by its look: numbers, addresses, paths, hosts, quantities', () => {
    expect(
      mined([
        'Volume C: at 93 % after 20 ms, 4 KB left',
        'Opened /var/lib/app/data.db for mail.example.com',
        'Peer 10.0.0.7:4222 gone (code=0x1f)',
      ]),
    ).toEqual(['Volume C: at <*> % after <*> left', 'Opened <*> for <*>', 'Peer <*> gone (code=<*>)']);
  });

  it.each([
    ['a list of any length', 'deleted blk_1', 'deleted blk_1, blk_2 blk_3'],
    ['an address with and without its port', 'from 10.0.0.1 in', 'from 10.0.0.1:80 in'],
    ['a quantity in other units', 'lifetime <1 sec', 'lifetime <20 ms'],
    ['an empty value in brackets', 'client 10.0.0.1 () left', 'client 10.0.0.1 (host-7) left'],
    ['times in full', 'until Mon Jan 05 10:00:00 2026 at last', 'until Fri Dec 25 23:59:01 2026 at last'],
  ])('take %s for one place', (_what, one, other) => {
    expect(groups([one, other])).toEqual([0, 0]);
  });

  it.each([
    '2026-11-22T10:11:12.123Z ERROR disk gone',
    '[2026-11-22 10:11:12,123] [warn] disk gone',
    'Nov 22 10:11:12 disk gone',
    '[Sun Nov 22 10:11:12 2026] [notice] disk gone',
    '22/11/2026 10:11:12 - disk gone',
    'Nov 22 10:11:12 host-7 kernel[0]: disk gone',
    'Nov  2 10:11:12 host-7 launchd[1] (com.example.disk): disk gone',
    '2026-11-22 10:11:12,123 - WARN  [Peer[id=1]/10.0.0.1:21:Election@774] - disk gone',
  ])('do without the time, the level and the source before the message: %s', (line) => {
    expect(mined([line])).toEqual(['disk gone']);
  });

  it('keep the name of a function, whatever digits it has', () => {
    expect(mined(['jk2_init() found child 77'])).toEqual(['jk2_init() found child <*>']);
  });

  it('keep a level that is the first word of a message', () => {
    expect(mined(['error: disk gone'])).toEqual(['error: disk gone']);
  });

  it('take a place that four words fill for a variable, one that three fill for states', () => {
    const opened = ['anna', 'bea', 'carl', 'dora'].map((user) => `session opened for user ${user} by init`);
    const link = ['up', 'down', 'unknown'].map((state) => `link is ${state} now`);
    expect(mined(opened)).toEqual(['session opened for user <*> by init']);
    expect(mined(link)).toEqual(link);
  });

  it('take two places that vary together for variables', () => {
    const lines = ['anna on red', 'bea on blue', 'carl on green', 'dora on black'].map((it) => `login of ${it} done`);
    expect(mined(lines)).toEqual(['login of <*> on <*> done']);
  });

  it('do not merge states in capitals', () => {
    const states = ['LOOKING', 'LEADING', 'FOLLOWING', 'OBSERVING', 'LEAVING'].map((state) => `node is ${state} now`);
    expect(mined(states)).toEqual(states);
  });

  it('know a value again behind the same words of another template', () => {
    const closed = ['anna', 'bea', 'carl', 'dora'].map((user) => `closed for user ${user}`);
    const opened = ['anna', 'bea'].map((user) => `opened for user ${user} here`);
    expect(mined([...closed, ...opened])).toEqual(['closed for user <*>', 'opened for user <*> here']);
  });

  it('keep the name a message starts with', () => {
    const services = ['cupsd', 'klogd', 'syslogd', 'portmap', 'irqbalance'].map((name) => `${name} startup succeeded`);
    expect(mined(services)).toEqual(services);
  });

  it('carry count, first example and an id by their words, most frequent first', () => {
    const { templates, assignments } = templatesOf(['b happened', 'a took 5 ms', 'a took 7 ms']);
    expect(templates).toEqual([
      { id: expect.stringMatching(/^tpl_[0-9a-f]{16}$/u), template: 'a took <*>', count: 2, example: 'a took 5 ms' },
      { id: expect.stringMatching(/^tpl_/u), template: 'b happened', count: 1, example: 'b happened' },
    ]);
    expect([...assignments]).toEqual([1, 0, 0]);
    expect(templatesOf(['a took 99 s']).templates[0]?.id).toBe(templates[0]?.id);
  });

  it('assign every line, and group the same whatever the order', () => {
    const word = fc.constantFrom('open', 'closed', 'disk', 'user', 'anna', 'bea', 'C', '7', '10.0.0.1', '=', ':', '(');
    const log = fc.array(
      fc.oneof(
        fc.array(word, { maxLength: 6 }).map((words) => words.join(' ')),
        fc.string(),
      ),
      {
        minLength: 1,
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(log, (lines) => {
        const { templates, assignments } = templatesOf(lines);
        expect(assignments).toHaveLength(lines.length);
        expect(templates.reduce((sum, { count }) => sum + count, 0)).toBe(lines.length);
        const reversed = templatesOf(lines.toReversed());
        const ids = (all: typeof reversed) => [...all.assignments].map((index) => all.templates[index]?.id);
        expect(ids(reversed).toReversed()).toEqual(ids({ templates, assignments }));
      }),
      { numRuns: 200 },
    );
  });

  it('bound a line of a megabyte, an empty one and a binary one', () => {
    const { templates } = templatesOf(['a '.repeat(500_000), '', '\0\x01\xff'.repeat(100_000), '='.repeat(1_000_000)]);
    expect(templates).toHaveLength(4);
    for (const { template, example } of templates) {
      expect(template.length).toBeLessThanOrEqual(MAX_LINE_LENGTH);
      expect(example.length).toBeLessThanOrEqual(MAX_EXAMPLE_LENGTH);
    }
  });

  it('bound what lines of no program leave behind', () => {
    const letters = (i: number) => i.toString(26).replace(/\d/gu, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '');
    const noise = Array.from({ length: 2 * MAX_SHAPES }, (_, i) => `${letters(i)} ${letters(i * 7 + 1)}`);
    expect(templatesOf(noise).templates.length).toBeLessThanOrEqual(MAX_SHAPES + 1);
  });
});
