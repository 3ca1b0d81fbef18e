import { isIPv4, isIPv6 } from 'node:net';

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * Whom an address counts as. Whoever has one IPv6 address has all of its /64.
 * @param address of the peer, or what a trusted proxy said it was, which may be anything
 * @returns undefined when it is no address
 */
export function sourceOf(address: string): string | undefined {
  const ipv4 = MAPPED_IPV4.exec(address)?.[1] ?? address;
  if (isIPv4(ipv4)) return ipv4;
  const [bare = ''] = address.split('%', 1);
  return isIPv6(bare) ? `${network(bare)}::/64` : undefined;
}

/** The first four groups, written in one way only. */
function network(address: string): string {
  const [head = '', tail] = address.split('::');
  const left = groups(head);
  // An IPv4 tail stands for two groups.
  const right = groups(tail ?? '').flatMap((group) => (group.includes('.') ? [group, group] : [group]));
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array.from({ length: Math.max(zeros, 0) }, () => '0'), ...right]
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}

function groups(text: string): string[] {
  return text === '' ? [] : text.split(':');
}
