import { Analyze, type Analysis } from '@techze/contracts';
import type { Setting } from '../workers/outcome-of.js';
import { parseRequest } from '../workers/parse-request.js';
import { batteryWear } from './battery-wear.js';
import { diskFailure } from './disk-failure.js';
import { diskFull } from './disk-full.js';
import { forecast } from './forecast.js';

/** All but how long it took. */
export type Analysed = Omit<Analysis, 'duration_ms'>;
export type AnalysisRequest<Kind extends Analyze['kind']> = Extract<Analyze, { kind: Kind }>;

/** The answer of POST /api/v3/ai/analyze. */
export function analysisOf(body: unknown, setting: Setting): Analysed {
  const request = parseRequest(Analyze, body);
  switch (request.kind) {
    case 'disk_failure':
      return diskFailure(request, setting);
    case 'disk_full':
      return diskFull(request, setting);
    case 'battery_wear':
      return batteryWear(request, setting);
    case 'forecast':
      return forecast(request, setting);
  }
}
