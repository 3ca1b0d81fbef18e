export type { BatteryWear, WearDriver, WearEta } from './battery-wear.js';
export { batteryWearMinimum, predictBatteryWear } from './predict-battery-wear.js';
