import type { FastifyInstance } from 'fastify';
import type { SessionWrites } from './session-writes.js';

/**
 * Notes what a request committed for the session that asked, before the answer leaves: whoever has it may read at once,
 * from any gateway. That holds for every answer, also for problems and for reads: a refusal may leave an audit row.
 */
export function noteCommits(server: FastifyInstance, writes: SessionWrites): void {
  server.addHook('onSend', (request, _reply, _payload, done) => {
    const { principal, commits } = request.context ?? {};
    if (!principal || commits?.lsn === undefined) return done();
    void writes.note(principal, commits.lsn).then(() => done());
  });
}
