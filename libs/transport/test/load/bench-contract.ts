import { defineCommand, type BackendService } from '@techze/contracts';
import { z } from 'zod';

/** `real`: a read by id, with a token of 600 characters one way and a kilobyte of JSON the other. `small`: hardly anything. */
export type Payload = 'real' | 'small';

const HEAD = 'eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.';
export const tokenOf = (payload: Payload): string => HEAD.padEnd(payload === 'real' ? 600 : 60, 'abcdefghij');

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

export function answer(id: string, payload: Payload) {
  const diagnostic = { id, device_id: 'dev_019aa8c51f6b7d1e8f0a2b3c4d5e6f70', type: 'full', status: 'completed' };
  return payload === 'real' ? { ...diagnostic, findings } : diagnostic;
}
