export type { Forecast, ForecastResult } from './forecast.js';
export { forecastMinimum, forecastOf } from './forecast-of.js';
