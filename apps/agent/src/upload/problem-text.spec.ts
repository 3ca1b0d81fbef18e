import { Problem } from '@techze/contracts';
import { describeAnswer } from './problem-text.js';

const REQUEST_ID = '0d6f7d2e-3c51-4c7e-9c53-9f0e2f6f3f11';
const answerOf = (problem: Problem) => ({
  status: problem.status,
  headers: {},
  text: JSON.stringify(problem.toDocument('/api/v1/diagnostics', REQUEST_ID)),
});

describe('describeAnswer', () => {
  it('gives title, detail, every pointer, the request id, and what to do next', () => {
    const errors = [{ pointer: '/sections/cpu/status', detail: 'is not a status' }];
    expect(describeAnswer(answerOf(new Problem('validation-failed', { errors })))).toEqual({
      message: 'Validation failed (422 validation-failed): The request has faults: see errors, one pointer each.',
      hints: [
        '/sections/cpu/status: is not a status',
        `Request id: ${REQUEST_ID}`,
        'The server speaks another version of the format: update the agent or the server.',
      ],
    });
  });

  it.each([
    ['forbidden', 'Use an account with the role technician or higher.'],
    [
      'invalid-token',
      'Check TECHZE_EMAIL and TECHZE_PASSWORD; a TECHZE_TOKEN may have expired: log in again for a new one.',
    ],
    ['internal', `Run again in a minute; if it stays so, tell the operator (request id ${REQUEST_ID}).`],
  ] as const)('says what to do after %s', (code, step) => {
    expect(describeAnswer(answerOf(new Problem(code))).hints).toContain(step);
  });

  it('tells of a server that is none of ours, and where it redirects', () => {
    const answer = { status: 301, headers: { location: 'https://techze.example/' }, text: '<html>' };
    expect(describeAnswer(answer)).toEqual({
      message: 'The server answered 301 → https://techze.example/, and not in the way of a TechZe service.',
      hints: ['The server redirects elsewhere: use that address as --server.'],
    });
  });
});
