import { newId, newUuid, type Principal } from '@techze/contracts';
import { Logger } from './logger.js';
import { runInContext } from './request-context.js';
import { continueTrace } from './trace-context.js';

const principal: Principal = {
  kind: 'user',
  tenant_id: newId('tnt'),
  sub: newUuid(),
  sid: newId('ses'),
  role: 'viewer',
};

/** What a logger writes, line by line. */
function recorded(level?: 'info'): { logger: Logger; lines: () => Record<string, unknown>[] } {
  const written: string[] = [];
  const logger = Logger.to({ write: (line) => void written.push(line) }, level);
  return { logger, lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('a log line', () => {
  it('carries the request, the tenant and the trace of the work under way, and nothing else of the caller', () => {
    const { logger, lines } = recorded();
    const trace = continueTrace('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01');
    const context = {
      requestId: newUuid(),
      trace,
      deadline: 0,
      principal,
      token: 'secret-token',
      ipAddress: '203.0.113.7',
    };
    runInContext(context, () => logger.info('stored', { rows: 3 }));
    expect(lines()).toEqual([
      {
        level: 'info',
        time: expect.anything(),
        pid: expect.any(Number),
        hostname: expect.any(String),
        msg: 'stored',
        rows: 3,
        request_id: context.requestId,
        trace_id: trace.traceId,
        span_id: trace.spanId,
        tenant_id: principal.tenant_id,
      },
    ]);
  });

  it('has the name of its part, an error with its stack, and Nest’s own contexts', () => {
    const { logger, lines } = recorded();
    logger.named('relay').warn('failed', { err: new Error('why') });
    logger.log('started', 'NestFactory');
    logger.error(new Error('broken'));
    expect(lines()).toEqual([
      expect.objectContaining({
        level: 'warn',
        name: 'relay',
        msg: 'failed',
        err: expect.objectContaining({ message: 'why', stack: expect.any(String) }),
      }),
      expect.objectContaining({ level: 'info', name: 'NestFactory', msg: 'started' }),
      expect.objectContaining({ level: 'error', msg: 'broken', err: expect.objectContaining({ message: 'broken' }) }),
    ]);
  });

  it('below the level is not written', () => {
    const { logger, lines } = recorded('info');
    logger.debug('detail');
    logger.verbose('more detail');
    expect(lines()).toEqual([]);
  });
});
