import type { Server } from 'node:http';
import { BlockList, isIPv6, type Socket } from 'node:net';
import type { Logger } from '@techze/observability';
import { sourceOf } from '../limits/source.js';

/** Together they must leave file descriptors for everything else. */
const CONNECTIONS_MAX = 10_000;
/** Of one address, unless that is a proxy of ours: nobody takes all of them alone. */
const CONNECTIONS_OF_PEER_MAX = 2_500;
const LOOK_MS = 5_000;
/** What was written must have left within this long; a caller that reads nothing is not waited for. */
const STALLED_MS = 60_000;

interface Peer {
  /** Bytes that had left at the last look at which any had. */
  left: number;
  since: number;
}

export interface ConnectionLimits {
  readonly total: number;
  readonly perPeer: number;
  readonly stalledMs: number;
  readonly lookMs: number;
}

const LIMITS: ConnectionLimits = {
  total: CONNECTIONS_MAX,
  perPeer: CONNECTIONS_OF_PEER_MAX,
  stalledMs: STALLED_MS,
  lookMs: LOOK_MS,
};

/**
 * Connections cost nothing to open and much to keep: so many and no more, and none for a caller that does not read its
 * answer. (How long it may take over its request is Node's matter: `requestTimeout`.)
 */
export function limitConnections(
  server: Server,
  trustedProxies: readonly string[],
  logger: Logger,
  { total, perPeer, stalledMs, lookMs }: ConnectionLimits = LIMITS,
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
    if (count > perPeer && !isProxy(remoteAddress)) {
      refused += 1;
      return void socket.destroy();
    }
    ofPeer.set(address, count);
    open.set(socket, { left: 0, since: performance.now() });
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
      const left = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0 || left !== peer.left) Object.assign(peer, { left, since: now });
      else if (now - peer.since >= stalledMs) socket.destroy();
    }
    if (refused > 0) log.warn('connections were refused: too many are open', { refused, open: open.size });
    refused = 0;
  }, lookMs).unref();
  server.once('close', () => clearInterval(looks));
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
