import { cohortsOf } from '../models/cohorts/index.js';
import type { StoredDevice } from '../stored/stored-input.js';
import type { Setting } from '../workers/setting.js';
import { countedQuality } from './counted-quality.js';
import type { Found } from './found.js';

/** Incidents of the tenant's fleet; those that a device is part of, where one is named. */
export function cohortPatterns(device_id: string | undefined, setting: Setting): Found {
  const devices = JSON.parse(setting.stored({ what: 'findings', device_id }).devices) as StoredDevice[];
  const cohorts = cohortsOf(
    devices.map(({ id, attributes, findings }) => ({ device_id: id, attributes, codes: findings })),
  );
  return {
    cohorts: device_id === undefined ? cohorts : cohorts.filter((cohort) => cohort.devices.includes(device_id)),
    tasks: ['cohorts'],
    methods: ['fisher-exact'],
    quality: countedQuality(devices.length),
    warnings: [],
  };
}
