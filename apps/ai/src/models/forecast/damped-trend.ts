/** What is tried: how fast level and trend follow, and how much of the trend is left after each step. */
const settings = [0.1, 0.3, 0.6, 0.9].flatMap((level) =>
  [0.02, 0.1, 0.3].flatMap((trend) => [0.9, 0.98, 1].map((damping) => ({ level, trend: level * trend, damping }))),
);

/** Exponential smoothing with a damped trend (Gardner and McKenzie), by the setting that missed the past the least. */
export function dampedTrend(values: Float64Array, horizon: number): Float64Array {
  let best = { squares: Infinity, level: 0, trend: 0, damping: 1 };
  for (const setting of settings) {
    let level = values[0]!;
    let trend = 0;
    let squares = 0;
    for (let i = 1; i < values.length; i++) {
      const awaited = level + setting.damping * trend;
      const missed = values[i]! - awaited;
      squares += missed * missed;
      level = awaited + setting.level * missed;
      trend = setting.damping * trend + setting.trend * missed;
    }
    if (squares < best.squares) best = { squares, level, trend, damping: setting.damping };
  }
  let { level, trend } = best;
  return new Float64Array(horizon).map(() => {
    trend *= best.damping;
    level += trend;
    return level;
  });
}
