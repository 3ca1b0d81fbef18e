import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** The addresses of a name. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string }[]>;

const lookUpAll: Resolve = (host) => lookup(host, { all: true });

/**
 * Whether a node's name has come to mean another server: a connection stays with the address it was made to, however
 * long it lives, and nothing on it tells that the name has moved on.
 */
export class AddressWatch {
  /** What connections are made to: the addresses at the first look, or those of the last move. */
  private known: readonly string[] | undefined;

  constructor(
    private readonly host: string,
    private readonly resolve: Resolve = lookUpAll,
  ) {}

  /**
   * Looks. True once for each move: when none of the addresses that connections are made to is left, so a name with
   * several that come and go has not moved. A name that does not resolve now has not moved either.
   */
  async moved(): Promise<boolean> {
    if (isIP(this.host) !== 0) return false;
    const addresses = await this.resolve(this.host).then(
      (found) => found.map(({ address }) => address),
      (): string[] => [], // the connections that are there are as good as before
    );
    if (addresses.length === 0) return false;
    const known = this.known;
    if (known?.some((address) => addresses.includes(address))) return false;
    this.known = addresses;
    return known !== undefined;
  }
}
