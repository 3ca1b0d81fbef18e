import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Where a credential may be used from. */
export class SourceAddresses {
  private readonly blocks: BlockList | undefined;

  /** @param blocks addresses and CIDR blocks; none: anywhere */
  constructor(blocks: readonly string[]) {
    if (blocks.length > 0) this.blocks = blockListOf(blocks);
  }

  /**
   * @param address of the peer, or what a trusted proxy said it was, which may be anything. An IPv4 address that is written
   * as IPv6 (`::ffff:203.0.113.7`) is that IPv4 address.
   */
  include(address: string): boolean {
    if (!this.blocks) return true;
    const [bare = ''] = address.split('%', 1);
    if (isIPv4(bare)) return this.blocks.check(bare, 'ipv4');
    return isIPv6(bare) && this.blocks.check(bare, 'ipv6');
  }
}

function blockListOf(blocks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const block of blocks) {
    const [address = '', bits] = block.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
