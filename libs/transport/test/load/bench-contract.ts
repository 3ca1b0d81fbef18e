import { defineCommand, type BackendService } from '@techze/contracts';
import { z } from 'zod';

/** A read by id, the size of a real one: a token of 600 characters one way, a kilobyte of JSON the other. */
export const BENCH_TOKEN = 'eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.'.padEnd(600, 'abcdefghij');

export const BenchRequest = z.object({ id: z.string(), include: z.array(z.string()), token: z.string().optional() });
export type BenchRequest = z.infer<typeof BenchRequest>;

export function echoOf(service: BackendService) {
  return defineCommand({
    service,
    pattern: `${service}.echo`,
    request: BenchRequest,
    response: z.object({ id: z.string() }),
    idempotent: true,
    roles: ['worker'],
  });
}

export const stockPattern = (service: BackendService): string => `stock.${service}.echo`;

const findings = Array.from({ length: 6 }, (_, index) => ({
  id: `fnd_019aa8c51f6b7d1e8f0a2b3c4d5e6f7${index}`,
  code: 'FS_USED',
  severity: 'warning',
  title: 'The file system is nearly full',
  evidence: { metric: 'disk.used_ratio', value: 0.91, threshold: 0.9 },
}));

export function answer(id: string) {
  return { id, device_id: 'dev_019aa8c51f6b7d1e8f0a2b3c4d5e6f70', type: 'full', status: 'completed', findings };
}
