import { parseStartOptions } from './start-options.js';

const parse = (...argv: string[]) => parseStartOptions(argv, false);

test('without options: one of each, with the agent, on the data that is there', () => {
  expect(parse()).toEqual({ fresh: false, agent: true, watch: false, scale: {} });
});

test('--scale may be repeated', () => {
  expect(parse('--scale', 'diagnostics=3', '--fresh', '--no-agent', '--scale', 'ai=2')).toEqual({
    fresh: true,
    agent: false,
    watch: false,
    scale: { diagnostics: 3, ai: 2 },
  });
});

test.each([
  ['gateway=2', 'there is one gateway'],
  ['web=1', 'one of gateway, diagnostics'],
  ['diagnostics', 'write <app>=<count>'],
  ['diagnostics=0', 'from 1 to 16'],
  ['diagnostics=99', 'from 1 to 16'],
  ['diagnostics=-1', 'write <app>=<count>'],
])('--scale %s is refused with the reason', (scale, reason) => {
  expect(() => parse('--scale', scale)).toThrow(reason);
});

test('what is not known is refused', () => {
  expect(() => parse('--agent-less')).toThrow('unknown option');
  expect(() => parse('now')).toThrow('too many arguments');
});
