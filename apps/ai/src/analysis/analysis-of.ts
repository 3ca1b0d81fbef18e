import { Analyze } from '@techze/contracts';
import type { Setting } from '../workers/setting.js';
import { parseRequest } from '../workers/parse-request.js';
import type { Analysed } from './analysed.js';
import { batteryWear } from './battery-wear.js';
import { diskFailure } from './disk-failure.js';
import { diskFull } from './disk-full.js';
import { forecast } from './forecast.js';

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
