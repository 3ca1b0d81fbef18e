import { newId, newUuid, type PreviewThreshold } from '@techze/contracts';
import type { Database } from '@techze/database';
import { continueTrace, runInContext } from '@techze/observability';
import type { EntityManager } from 'typeorm';
import type { StoredReadings, StoredSight } from './stored-readings.repository.js';
import { ThresholdPreviews } from './threshold-previews.service.js';
import { ThresholdsRepository } from './thresholds.repository.js';
import { ThresholdsService } from './thresholds.service.js';

const TENANT = newId('tnt');

/** A preview over so many diagnostics, one a device; `onPage` runs with each page that is read. */
async function previewOf(sights: number, onPage: (limit: number) => void = () => undefined) {
  const manager = { query: () => Promise.resolve([]), findBy: () => Promise.resolve([]) } as unknown as EntityManager;
  const database = { read: (work: (manager: EntityManager) => unknown) => work(manager) } as unknown as Database;
  const all = Array.from({ length: sights }, (_, nth) => `dev_${String(nth).padStart(8, '0')}`);
  const readings: Pick<StoredReadings, 'devices' | 'sights'> = {
    devices: (_manager, _wanted, after, limit) => {
      const start = after === '' ? 0 : all.indexOf(after) + 1;
      return Promise.resolve(all.slice(start, start + limit).map((id) => ({ id, site_id: null })));
    },
    sights: (_manager, wanted, devices, after, limit) => {
      onPage(limit);
      const start = after ? devices.findIndex(({ id }) => id === after.device_id) + 1 : 0;
      const page = devices.slice(start, start + limit).map((device): StoredSight => ({
        id: 'dgn_1',
        device_id: device.id,
        site_id: null,
        at: wanted.from,
        // The many are only counted: judging them all would take its time.
        readings: sights >= 100_000 ? [] : [{ code: 'FS_USED', value: 95, instance: '/' }],
      }));
      return Promise.resolve(page);
    },
  };
  const thresholds = new ThresholdsRepository();
  const previews = new ThresholdPreviews(database, thresholds, new ThresholdsService(thresholds), readings);
  const body: PreviewThreshold = { scope: 'tenant', code: 'FS_USED', levels: { warning: 96 }, days: 30 };
  const context = {
    requestId: newUuid(),
    trace: continueTrace(undefined),
    deadline: Date.now() + 60_000,
    principal: { kind: 'worker', tenant_id: TENANT, service: 'diagnostics', role: 'worker' } as const,
  };
  return runInContext(context, () => previews.preview(body));
}

describe('a preview', () => {
  it.each([0, 1, 249, 250, 251, 499, 500, 501, 1_250])('is of all of %i diagnostics, and says so', async (sights) => {
    const preview = await previewOf(sights);
    expect(preview).toMatchObject({ devices: sights, diagnostics: sights, truncated: false });
    expect(preview.current).toEqual({ alerts: sights, devices: sights, open_now: sights });
    expect(preview.proposed.alerts).toBe(0);
    expect(preview.no_longer_fire).toHaveLength(Math.min(sights, 200));
  });

  describe('knows when it is enough', () => {
    let now: number;
    beforeEach(() => {
      now = 0;
      jest.spyOn(performance, 'now').mockImplementation(() => now);
    });
    afterEach(() => jest.restoreAllMocks());

    it('is whole at 100,000, and of a part beyond: then it says so', async () => {
      expect(await previewOf(100_000)).toMatchObject({ diagnostics: 100_000, truncated: false });
      expect(await previewOf(100_001)).toMatchObject({ diagnostics: 100_000, truncated: true });
    });

    it('is of a part when time is up, and says so: its figures are of what it has seen', async () => {
      const preview = await previewOf(10_000, () => (now += 1_001));
      expect(preview.truncated).toBe(true);
      expect(preview.diagnostics).toBeGreaterThan(0);
      expect(preview.diagnostics).toBeLessThan(2_000);
      expect(preview.current.alerts).toBe(preview.diagnostics);
    });
  });

  it('judges no more than 250 diagnostics at a time, so that nobody else in the process waits', async () => {
    const limits: number[] = [];
    await previewOf(1_000, (limit) => limits.push(limit));
    expect(Math.max(...limits)).toBe(250);
  });
});
