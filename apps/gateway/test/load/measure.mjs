import { Agent, request as httpRequest } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import autocannon from 'autocannon';

/**
 * Sends requests evenly spaced, whether or not earlier ones were answered, and notes how long each took from the moment
 * at which it was due: one that had to wait its turn took that long. (autocannon sends each second's requests at once.)
 * @param {string} url
 * @param {{rate: number, seconds: number, expect: number, request: () => object}} how
 *   `request` makes each request; `expect` is the status of an answer that counts as right
 * @returns {Promise<{requests: number, errors: number, p50: number, p95: number, p99: number}>} milliseconds
 */
export async function steady(url, { rate, seconds, expect, request }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const took = [];
  let errors = 0;
  const underWay = [];
  const begun = performance.now();
  for (let index = 0; index < rate * seconds; index += 1) {
    const due = begun + (index * 1_000) / rate;
    if (due > performance.now()) await pause(due - performance.now());
    underWay.push(
      statusOf(url, request(), agent).then(
        (status) => {
          if (status === expect) took.push(performance.now() - due);
          else errors += 1;
        },
        () => {
          errors += 1;
        },
      ),
    );
  }
  await Promise.all(underWay);
  agent.destroy();
  took.sort((a, b) => a - b);
  const percentile = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? NaN;
  return { requests: took.length, errors, p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) };
}

/** As many as it takes: each of 16 connections sends the next request with the answer to the last. */
export async function saturated(url, { seconds, expect, request }) {
  let right = 0;
  const run = autocannon({
    url,
    connections: 16,
    duration: seconds,
    requests: [{ setupRequest: (defaults) => ({ ...defaults, ...request() }) }],
  });
  run.on('response', (_client, status) => {
    if (status === expect) right += 1;
  });
  await run;
  return Math.round(right / seconds);
}

/** Reads the answer to its end. */
function statusOf(url, { method, path, headers, body }, agent) {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(`${url}${path}`, { method, headers, agent }, (answer) => {
      answer
        .on('error', reject)
        .on('end', () => resolve(answer.statusCode))
        .resume();
    });
    outgoing.on('error', reject).end(body);
  });
}
