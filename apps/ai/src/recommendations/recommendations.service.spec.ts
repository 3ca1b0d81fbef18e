import type { AuditRecorder } from '@techze/audit';
import { newId, newUuid, type Recommendation } from '@techze/contracts';
import type { Database } from '@techze/database';
import type { IdempotencyKeys } from '@techze/idempotency';
import { continueTrace, runInContext } from '@techze/observability';
import type { Computations } from '../workers/computations.service.js';
import { deviceMark, recommendationIdOf } from './recommendation-id.js';
import type { RecommendationsRepository } from './recommendations.repository.js';
import { RecommendationsService } from './recommendations.service.js';

const TENANT = newId('tnt');
const DEVICE = newId('dev');
const ID = recommendationIdOf({ tenantId: TENANT, deviceId: DEVICE, code: 'SET_CLOCK', key: '' });

const known: Recommendation = {
  ...{ id: ID, code: 'SET_CLOCK', device_id: DEVICE, subject: null, title: 'x', action: 'x' },
  ...{ priority: 3, expected_score_gain: 1, probability: 0.5, impact: 6, effort: 1, workflow_id: null },
  ...{ success_rate: null, expires_at: '2026-11-22T00:00:00.000Z' },
  evidence: [
    {
      ...{ source: 'finding', ref: '/api/v1/findings/fnd_1', metric: 'clock.skew', value: 90, threshold: 60 },
      at: '2026-11-21T00:00:00.000Z',
    },
  ],
};

/** Dismisses; what the database, the workers and the keys were asked, in order. */
async function dismiss({ found = [known], stored }: { found?: Recommendation[]; stored?: object } = {}) {
  const asked: string[] = [];
  const within = (kind: string) => async (work: (manager: object) => Promise<unknown>) => {
    asked.push(`${kind} begins`);
    try {
      return await work({});
    } finally {
      asked.push(`${kind} ends`);
    }
  };
  const answer = {
    ...{ status: 'ok', method: 'rules', version: '1', warnings: [], duration_ms: 1, recommendations: found },
    quality: { n: 1, gaps: 0, duplicates: 0, interpolated: 0, constant: false, step_seconds: 0 },
  };
  let request: object = {};
  const service = new RecommendationsService(
    { read: within('read'), write: within('write') } as unknown as Database,
    {
      once: async (_manager: object, _scope: object, work: () => Promise<unknown>) =>
        stored ? { value: stored, replayed: true } : { value: await work(), replayed: false },
    } as unknown as IdempotencyKeys,
    {
      deviceMarked: (_manager: object, _tenant: string, mark: string) =>
        Promise.resolve(mark === deviceMark(TENANT, DEVICE) ? DEVICE : undefined),
      facts: () => Promise.resolve('"diagnostics":1'),
      dismiss: () => Promise.resolve(),
    } as unknown as RecommendationsRepository,
    {
      answer: (_kind: string, body: Uint8Array) => {
        asked.push('computed');
        request = JSON.parse(Buffer.from(body).toString()) as object;
        return Promise.resolve(Buffer.from(JSON.stringify(answer)));
      },
    } as unknown as Computations,
    { record: () => Promise.resolve() } as unknown as AuditRecorder,
  );
  const context = {
    requestId: newUuid(),
    trace: continueTrace(undefined),
    deadline: Date.now() + 60_000,
    principal: { kind: 'worker', tenant_id: TENANT, service: 'ai', role: 'worker' } as const,
  };
  const done = await runInContext(context, () => service.dismiss({ id: ID, body: undefined }));
  return { done, asked, request };
}

describe('a dismissal', () => {
  it('holds no write transaction while a worker computes, and asks for the one recommendation alone', async () => {
    const { done, asked, request } = await dismiss();
    expect(done.dismissed).toMatchObject({ id: ID, priority: 3 });
    expect(asked).toEqual(['read begins', 'read ends', 'computed', 'write begins', 'write ends']);
    expect(request).toMatchObject({ only: ID });
  });

  it('is answered as before under its key, also where there is nothing to dismiss any more', async () => {
    const stored = { id: ID };
    expect((await dismiss({ found: [], stored })).done).toEqual({ dismissed: stored, replayed: true });
    await expect(dismiss({ found: [] })).rejects.toMatchObject({ code: 'recommendation-not-found' });
  });
});
