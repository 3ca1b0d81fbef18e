import autocannon from 'autocannon';

/**
 * Sends requests at a steady rate and notes how long each took.
 * @param {string} url
 * @param {{rate: number, seconds: number, connections?: number, expect: number, request: () => object}} how
 *   `request` makes each request; `expect` is the status of an answer that counts as right
 * @returns {Promise<{requests: number, errors: number, p50: number, p95: number, p99: number}>} milliseconds
 */
export async function measure(url, { rate, seconds, connections = 16, expect, request }) {
  const took = [];
  let errors = 0;
  const run = autocannon({
    url,
    connections,
    duration: seconds,
    overallRate: rate,
    requests: [{ setupRequest: (defaults) => ({ ...defaults, ...request() }) }],
  });
  run.on('response', (_client, status, _bytes, milliseconds) => {
    if (status === expect) took.push(milliseconds);
    else errors += 1;
  });
  const { errors: broken } = await run;
  took.sort((a, b) => a - b);
  const percentile = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? NaN;
  return {
    requests: took.length,
    errors: errors + broken,
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
  };
}
