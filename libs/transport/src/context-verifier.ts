import type { Principal } from '@techze/contracts';

/** Proves who sent a message. Implemented above this lib and injected under this class: without it nothing is received. */
export abstract class ContextVerifier {
  /**
   * @param token an access token of the gateway or a signed context of a service
   * @throws Problem('invalid-token')
   */
  abstract verify(token: string): Promise<Principal>;
}
