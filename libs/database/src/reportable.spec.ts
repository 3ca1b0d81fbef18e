import { Problem } from '@techze/contracts';
import { QueryFailedError } from 'typeorm';
import { reportable } from './reportable.js';

test('a Problem comes out as itself', () => {
  const problem = new Problem('service-unavailable');
  expect(reportable(new QueryFailedError('select 1', [], problem))).toBe(problem);
  expect(reportable(problem)).toBe(problem);
});

test('an error of a statement keeps its code and loses the values that would be logged', () => {
  const cause = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (email)=(a@b) exists.' });
  const error = reportable(new QueryFailedError('insert', ['a@b'], cause));
  expect(error).toMatchObject({ code: '23505', query: 'insert' });
  expect(JSON.stringify(error)).not.toContain('a@b');
});
