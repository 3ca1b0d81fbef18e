import type { Server } from 'node:http';
import { BlockList, isIPv6, type Socket } from 'node:net';
import type { Logger } from '@techze/observability';
import { sourceOf } from '../limits/source.js';

/** Together they must leave file descriptors for everything else. */
const CONNECTIONS_MAX = 10_000;
/** Of one address, unless that is a proxy of ours: neither one nor a few take all of them. */
const CONNECTIONS_OF_PEER_MAX = 2_500;
/** Above this share of all, one address opens no more than a tenth of that: what is left is for those who have few. */
const CROWDED = 0.8;
const CROWDED_PART = 0.1;
const LOOK_MS = 5_000;
/** A caller that leaves an answer lying must take so many bytes of it within so long: 1 kB a second. */
const WINDOW_MS = 60_000;
const WINDOW_BYTES = 64 * 1024;

interface Peer {
  /** Bytes that had gone to it when the window began. */
  sent: number;
  since: number;
}

export interface ConnectionLimits {
  readonly total: number;
  readonly perPeer: number;
  readonly windowMs: number;
  readonly lookMs: number;
}

const LIMITS: ConnectionLimits = {
  total: CONNECTIONS_MAX,
  perPeer: CONNECTIONS_OF_PEER_MAX,
  windowMs: WINDOW_MS,
  lookMs: LOOK_MS,
};

/**
 * Connections cost nothing to open and much to keep: so many and no more, and none for a caller that does not read its
 * answer, or a byte of it at a time. (How long it may take over its request is Node's matter: `requestTimeout`.)
 * Who probes `/live` has few, and so finds room while a few addresses try to take it all; against many addresses only a
 * balancer in front helps.
 */
export function limitConnections(
  server: Server,
  trustedProxies: readonly string[],
  logger: Logger,
  { total, perPeer, windowMs, lookMs }: ConnectionLimits = LIMITS,
): void {
  const log = logger.named('edge');
  const isProxy = matcherOf(trustedProxies);
  const open = new Map<Socket, Peer>();
  const ofPeer = new Map<string, number>();
  let refused = 0;

  server.maxConnections = total;
  server.on('drop', () => (refused += 1));
  server.on('connection', (socket) => {
    const { remoteAddress = '' } = socket;
    const address = sourceOf(remoteAddress) ?? remoteAddress;
    const count = (ofPeer.get(address) ?? 0) + 1;
    const most = open.size < CROWDED * total ? perPeer : CROWDED_PART * perPeer;
    if (count > most && !isProxy(remoteAddress)) {
      refused += 1;
      return void socket.destroy();
    }
    ofPeer.set(address, count);
    open.set(socket, { sent: 0, since: performance.now() });
    socket.once('close', () => {
      open.delete(socket);
      const others = (ofPeer.get(address) ?? 1) - 1;
      if (others > 0) ofPeer.set(address, others);
      else ofPeer.delete(address);
    });
  });

  const looks = setInterval(() => {
    const now = performance.now();
    for (const [socket, peer] of open) {
      const sent = sentTo(socket);
      const overdue = now - peer.since >= windowMs;
      if (socket.writableLength > 0 && !overdue) continue;
      if (socket.writableLength > 0 && sent - peer.sent < WINDOW_BYTES) socket.destroy();
      else Object.assign(peer, { sent, since: now });
    }
    if (refused > 0) log.warn('connections were refused: too many are open', { refused, open: open.size });
    refused = 0;
  }, lookMs).unref();
  server.once('close', () => clearInterval(looks));
}

/** Node counts a large write when it is over; how far it has come only its handle knows (Node's own time-outs ask it, too). */
function sentTo(socket: Socket & { _handle?: { readonly writeQueueSize: number } | null }): number {
  return socket.bytesWritten - (socket._handle?.writeQueueSize ?? 0);
}

/** @param ranges addresses and CIDR ranges */
function matcherOf(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
