import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '@techze/config';
import { aiConfig, type AiConfig } from '../ai.config.js';
import { HEAP_MB } from './computations.service.js';

/** The process without its threads: what Nest, the connections and a full queue take. */
const PROCESS_MB = 320;
/** Of a thread beside its old generation: its young one, its code and its numbers. */
const BESIDE_MB = 96;

it('the threads at their largest leave the process its room in the pod, however many processors the node has', () => {
  const config = loadConfig([aiConfig], { AI_STATE_KEY: randomBytes(32).toString('base64url') });
  const { threads } = config.get(aiConfig.token) as AiConfig;
  const pod = readFileSync(join(__dirname, '../../../../k8s/base/ai.yaml'), 'utf8');
  const [, gibibytes] = /limits: \{.*memory: (\d+)Gi/u.exec(pod) ?? [];
  expect(threads).toBe(2);
  expect(threads * (HEAP_MB + BESIDE_MB) + PROCESS_MB).toBeLessThanOrEqual(Number(gibibytes) * 1024);
});
