export { cohortsOf, type Cohort, type DeviceFindings } from './cohorts.js';
