import { PendingCalls, type PendingCall } from './pending-calls.js';

function lost(idempotent: PendingCall['idempotent']): PendingCall {
  return {
    ...{ id: 'a', service: 'diagnostics', idempotent, deadline: 0, wire: '', commits: undefined },
    ...{ resolve: () => undefined, reject: () => undefined, entryId: undefined, sent: true, resends: 0 },
  };
}

test.each([true, 'key'] as const)(
  'a request that was lost is sent again twice at most: idempotent %s',
  (idempotent) => {
    const call = lost(idempotent);
    const pending = new PendingCalls();
    expect([1, 2, 3, 4].map(() => pending.takeResend(call))).toEqual([true, true, false, false]);
  },
);

test('one that must not happen twice is never sent again', () => {
  expect(new PendingCalls().takeResend(lost(false))).toBe(false);
});

test('of a great loss only as much is sent again as the budget has: the reserve, and a tenth of the calls', () => {
  const pending = new PendingCalls();
  const calls = Array.from({ length: 1_000 }, (_each, index) => ({ ...lost(true), id: String(index) }));
  for (const call of calls) pending.add({ ...call, deadline: Infinity });
  const again = calls.filter((call) => pending.takeResend(call)).length;
  expect(again).toBeGreaterThan(220);
  expect(again).toBeLessThan(229);
  for (const { id } of calls) pending.take(id);
});
