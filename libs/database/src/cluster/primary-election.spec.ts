import { PrimaryElection, type Claimant } from './primary-election.js';

const claimant = (id: string, timeline: number, configured = false): Claimant => ({ id, timeline, configured });

test('nobody claims it: there is no primary', () => {
  expect(new PrimaryElection().decide([])).toEqual({ primary: undefined, impostors: [] });
});

test('the only node that takes writes is the primary, whatever the configuration says', () => {
  expect(new PrimaryElection().decide([claimant('b', 3)])).toEqual({ primary: 'b', impostors: [] });
});

test('a promoted replica supersedes the old primary at once, and for ever', () => {
  const election = new PrimaryElection();
  expect(election.decide([claimant('a', 1, true)]).primary).toBe('a');
  expect(election.decide([claimant('a', 1, true), claimant('b', 2)])).toEqual({ primary: 'b', impostors: ['a'] });
  expect(election.decide([claimant('a', 1, true)])).toEqual({ primary: undefined, impostors: ['a'] });
  expect(election.decide([claimant('a', 3, true), claimant('b', 2)])).toEqual({ primary: 'a', impostors: ['b'] });
});

test('of two on one timeline the one in office stays; before anybody is, the configured one', () => {
  const election = new PrimaryElection();
  const both = [claimant('b', 2), claimant('a', 2, true)];
  expect(election.decide(both)).toEqual({ primary: 'a', impostors: ['b'] });
  const other = new PrimaryElection();
  expect(other.decide([claimant('b', 2)]).primary).toBe('b');
  expect(other.decide(both)).toEqual({ primary: 'b', impostors: ['a'] });
});

test('a primary that was away for a moment is the primary again', () => {
  const election = new PrimaryElection();
  election.decide([claimant('a', 1, true)]);
  expect(election.decide([]).primary).toBeUndefined();
  expect(election.decide([claimant('a', 1, true)]).primary).toBe('a');
});
