import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** As many connections as one generator opens; what is due beyond that is counted, never held back unseen. */
const CONNECTIONS_MAX = 4_000;
const HEAD_END = Buffer.from('\r\n\r\n');

/** A request as bytes: made beforehand, so that the generator takes as little of the machine as it can. */
export function asBytes({ method, path, headers = {}, body = '' }) {
  const lines = Object.entries({
    host: 'localhost',
    ...headers,
    ...(body && { 'content-length': Buffer.byteLength(body) }),
  });
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  );
}

/** A keep-alive connection that carries one request at a time. It reads no more of an answer than its end asks for. */
class Connection {
  busy = false;

  constructor({ hostname, port }, onIdle, onGone) {
    this.onIdle = onIdle;
    this.socket = connect(Number(port), hostname).setNoDelay();
    this.ready = new Promise((resolve) => this.socket.once('connect', resolve));
    this.socket.on('data', (chunk) => this.read(chunk));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      onGone(this);
      this.settle?.(0);
    });
  }

  /** @param settle gets the status (0 when the connection broke) and the answer */
  send(bytes, settle) {
    this.busy = true;
    this.answer = undefined;
    this.settle = (status) => {
      this.settle = undefined;
      settle(status, this.answer);
    };
    this.socket.write(bytes);
  }

  read(chunk) {
    this.answer = this.answer ? Buffer.concat([this.answer, chunk]) : chunk;
    const head = this.answer.indexOf(HEAD_END);
    if (head === -1) return;
    const text = this.answer.latin1Slice(0, head).toLowerCase();
    const length = Number(/\r\ncontent-length: (\d+)/.exec(text)?.[1] ?? 0);
    if (this.answer.length < head + HEAD_END.length + length) return;
    const closes = text.includes('\r\nconnection: close');
    this.settle?.(Number(text.slice(9, 12)));
    this.busy = false;
    if (closes) this.socket.destroy();
    else this.onIdle(this);
  }
}

/** Connections that are open before the first request, in seconds of the rate: a load balancer keeps them, too. */
const OPENED_SECONDS = 2;

/**
 * Requests at a fixed rate, whatever becomes of those before them (no coordinated omission): whoever has no free
 * connection opens one.
 * @param {string} url
 * @param {{rate: number, seconds: number, request: () => Buffer}} how
 * @returns {Promise<{status: number, shed: boolean, tookMs: number, atMs: number}[]>} of every request, in the order of their ends; status 0: no answer
 */
export async function openLoop(url, { rate, seconds, request }) {
  const { hostname, port } = new URL(url);
  const idle = [];
  const all = new Set();
  const answers = [];
  const settled = [];
  let unsent = 0;
  const open = () => {
    const made = new Connection(
      { hostname, port },
      (free) => idle.push(free),
      (gone) => all.delete(gone),
    );
    all.add(made);
    return made;
  };
  const take = () => {
    for (let connection = idle.pop(); connection; connection = idle.pop()) if (all.has(connection)) return connection;
    return all.size < CONNECTIONS_MAX ? open() : undefined;
  };
  // Node accepts one connection each turn of its event loop: opened all at once they would wait for each other.
  for (let index = 0; index < Math.min(CONNECTIONS_MAX, rate * OPENED_SECONDS); index += 1) {
    const made = open();
    if (index % 32 === 0) await made.ready;
    idle.push(made);
  }
  await Promise.all([...all].map(({ ready }) => ready));
  const begun = performance.now();
  for (let sent = 0; sent < rate * seconds;) {
    const now = performance.now();
    for (; sent < rate * seconds && begun + (sent * 1_000) / rate <= now; sent += 1) {
      const connection = take();
      if (!connection) {
        unsent += 1;
        continue;
      }
      const at = performance.now();
      settled.push(
        new Promise((resolve) => {
          connection.send(request(), (status, answer) => {
            const end = performance.now();
            const shed = status === 503 && answer.includes('"overloaded"');
            answers.push({ status, shed, tookMs: end - at, atMs: end - begun });
            resolve();
          });
        }),
      );
    }
    await pause(1);
  }
  await Promise.race([Promise.all(settled), pause(12_000)]);
  for (const { socket } of all) socket.destroy();
  for (let index = 0; index < unsent; index += 1) answers.push({ status: 0, tookMs: Infinity, atMs: Infinity });
  return answers;
}

/** As many as it takes: each of `connections` sends its next request with the answer to the last. @returns {Promise<{status: number}[]>} */
export async function closedLoop(url, { connections, seconds, request }) {
  const { hostname, port } = new URL(url);
  const answers = [];
  const end = performance.now() + seconds * 1_000;
  await Promise.all(
    Array.from(
      { length: connections },
      () =>
        new Promise((resolve) => {
          const next = (connection) => {
            if (performance.now() >= end) {
              connection.socket.destroy();
              return resolve();
            }
            connection.send(request(), (status) => {
              if (status) answers.push({ status });
              else resolve();
            });
          };
          next(new Connection({ hostname, port }, next, () => resolve()));
        }),
    ),
  );
  return answers;
}
