import { z } from 'zod';
import { defineCommand } from './command.js';
import { services, type BackendService } from './services.js';

const status = z.enum(['healthy', 'unhealthy']);

/** What `/health` of a process says. */
export const HealthReport = z
  .object({
    status,
    checks: z.object({ database: z.boolean(), redis: z.boolean(), pool: z.boolean() }),
    timestamp: z.iso.datetime(),
  })
  .meta({
    id: 'HealthReport',
    example: {
      status: 'healthy',
      checks: { database: true, redis: true, pool: true },
      timestamp: '2026-11-22T08:00:00.000Z',
    },
  });
export type HealthReport = z.infer<typeof HealthReport>;

/** What `/api/v1/health` says: the gateway's own checks and one line a service. */
export const SuiteHealthReport = HealthReport.extend({
  services: z.array(z.object({ service: z.enum(services), status, replicas: z.number().int() })),
}).meta({
  id: 'SuiteHealthReport',
  example: {
    status: 'healthy',
    checks: { database: true, redis: true, pool: true },
    timestamp: '2026-11-22T08:00:00.000Z',
    services: [
      { service: 'diagnostics', status: 'healthy', replicas: 1 },
      { service: 'ai', status: 'healthy', replicas: 1 },
      { service: 'automation', status: 'healthy', replicas: 1 },
      { service: 'analytics', status: 'healthy', replicas: 1 },
    ],
  },
});
export type SuiteHealthReport = z.infer<typeof SuiteHealthReport>;

/** The command that asks one replica of a service for its checks. */
export function checkServiceHealth(service: BackendService) {
  return defineCommand({
    service,
    pattern: `${service}.health`,
    request: z.object({}),
    response: HealthReport,
    idempotent: true,
    roles: ['worker'],
  });
}
