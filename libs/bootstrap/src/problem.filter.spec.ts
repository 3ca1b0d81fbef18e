import { HttpException, NotFoundException } from '@nestjs/common';
import { Problem, problemCodes, ProblemMessage } from '@techze/contracts';
import { toProblem } from './problem.filter.js';

describe('an error becomes a problem', () => {
  it('as it is when it is ours', () => {
    const problem = new Problem('diagnostic-not-found');
    expect(toProblem(problem)).toBe(problem);
  });

  it('by its status when the framework or its server says so', () => {
    expect(toProblem(new NotFoundException('Cannot GET /x')).code).toBe('route-not-found');
    expect(
      toProblem(Object.assign(new Error('too large'), { statusCode: 413, code: 'FST_ERR_CTP_BODY_TOO_LARGE' })).code,
    ).toBe('payload-too-large');
    expect(
      toProblem(Object.assign(new Error('x'), { statusCode: 415, code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' })).code,
    ).toBe('unsupported-media-type');
  });

  it('bad-request when it is the caller’s and has no word of its own: a range that there is not, a caller that left', () => {
    for (const error of [new HttpException('x', 416), Object.assign(new Error('aborted'), { code: 'ECONNRESET' })]) {
      expect(toProblem(error).code).toBe('bad-request');
    }
  });

  it('internal, and tells nothing, when it is anything else', () => {
    for (const error of [
      new Error('password=hunter2'),
      Object.assign(new Error('x'), { statusCode: 400 }),
      undefined,
      'text',
    ]) {
      const problem = toProblem(error);
      expect(problem.code).toBe('internal');
      expect(JSON.stringify(problem.toDocument('/x', 'id'))).not.toContain('hunter2');
    }
  });
});

describe('a problem', () => {
  it('crosses a process boundary unchanged', () => {
    const problem = new Problem('validation-failed', { errors: [{ pointer: '/a', detail: 'd' }] });
    const copy = Problem.fromMessage(ProblemMessage.parse(JSON.parse(JSON.stringify(problem.toMessage()))));
    expect(copy.toDocument('/p', 'r')).toEqual(problem.toDocument('/p', 'r'));
  });

  it('of every code has the status and words of the table, and 503 says when to try again', () => {
    for (const code of Object.keys(problemCodes) as (keyof typeof problemCodes)[]) {
      const { status, title, detail } = problemCodes[code];
      const problem = new Problem(code);
      expect(problem.toDocument('/p', 'r')).toEqual({
        type: `urn:techze:problem:${code}`,
        title,
        status,
        detail,
        instance: '/p',
        code,
        request_id: 'r',
      });
      expect(problem.retryAfterSeconds !== undefined).toBe(status === 503);
    }
  });
});
