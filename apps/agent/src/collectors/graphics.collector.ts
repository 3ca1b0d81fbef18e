import type { Collector } from '../collection/collector.js';
import { unavailable } from '../collection/section-result.js';

/** Graphics controllers (°C, %, MB) and displays. */
export const graphicsCollector: Collector = {
  section: 'graphics',
  async collect(machine) {
    const { controllers, displays } = await machine.graphics();
    if (controllers.length === 0 && displays.length === 0) return unavailable('no graphics controller is visible');
    return { status: 'ok', data: { controllers, displays } };
  },
};
