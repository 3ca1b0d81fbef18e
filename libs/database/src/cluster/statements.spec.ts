import { Statements } from './statements.js';
import type { Wire } from './wire.js';

const QUICK = 0.4;
const SLOW = 40;

function ran(...times: number[]) {
  const statement = new Statements().of('select 1');
  for (const ms of times) statement.ran(ms);
  return statement;
}

test('a text shares a connection once it has run twice, both times quickly', () => {
  expect(ran(QUICK).isQuick).toBe(false);
  expect(ran(QUICK, QUICK).isQuick).toBe(true);
  expect(ran(SLOW, QUICK).isQuick).toBe(false);
});

test('a text that becomes slow shares no longer', () => {
  expect(ran(QUICK, QUICK, SLOW, SLOW).isQuick).toBe(false);
});

test('a text that is always slow never shares, however often it runs', () => {
  const statement = ran(...Array.from({ length: 1_000 }, () => SLOW));
  expect(statement.isQuick).toBe(false);
});

test('after a hold-up a quick text shares again, though everything takes longer beside the others', () => {
  const statement = ran(QUICK, QUICK, 400);
  expect(statement.isQuick).toBe(false);
  // Alone on its connection, but one of many on a server with few processors.
  for (let run = 0; run < 32; run += 1) statement.ran(run % 4 === 0 ? 2 : 9);
  expect(statement.isQuick).toBe(true);
});

test('a table that changed under many statements at once makes one new name, not one for each', () => {
  const connection = { parsedStatements: {}, submittedNamedStatements: {} } as unknown as Wire;
  const statement = ran(QUICK, QUICK);
  const name = String(statement.nameOn(connection));
  statement.outdated(name);
  const next = statement.nameOn(connection);
  expect(next).not.toBe(name);
  statement.outdated(name);
  expect(statement.nameOn(connection)).toBe(next);
});

test('texts that come once are forgotten, and never drive out one that always comes', () => {
  const statements = new Statements();
  const always = statements.of('select 1');
  const once = statements.of('select 2');
  for (let n = 0; n < 5_000; n += 1) {
    statements.of(`select 3 where id = ${n}`);
    if (n % 500 === 0) expect(statements.of('select 1')).toBe(always);
  }
  expect(statements.of('select 2')).not.toBe(once);
});
