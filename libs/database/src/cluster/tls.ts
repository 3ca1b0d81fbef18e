import { readFileSync } from 'node:fs';
import type { ClientConfig } from 'pg';
import type { NodeAddress } from '../node-address.js';

/** The CA of a node cannot be used, so nobody can tell whether the node is who it says. */
export class CertificateAuthorityError extends Error {
  override readonly name = 'CertificateAuthorityError';
  constructor(node: string, reason: string, cause?: unknown) {
    super(`node ${node}: ssl_ca_file ${reason}`, { cause });
  }
}

/**
 * How a connection to the node is encrypted, and what its server has to prove. A server that offers no TLS is refused.
 * Ask anew for each connection: the CA is read each time, so that it may be rotated.
 * @throws CertificateAuthorityError never with what stands in the file
 */
export function tlsOf({ id, ssl, ssl_ca_file: file }: Pick<NodeAddress, 'id' | 'ssl' | 'ssl_ca_file'>): Tls {
  if (ssl === 'disable') return false;
  // Said here, so that no variable of the environment decides it.
  if (ssl === 'require') return { rejectUnauthorized: false };
  // pg has the name that was connected to checked against the certificate; without a file, the CAs of Node.js vouch.
  return { rejectUnauthorized: true, ...(file !== undefined && { ca: readAuthority(id, file) }) };
}
type Tls = Exclude<ClientConfig['ssl'], undefined>;

function readAuthority(node: string, file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CertificateAuthorityError(
      node,
      `cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
      cause,
    );
  }
  // Without any, Node.js would fall back on the CAs of its own.
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new CertificateAuthorityError(node, 'holds no certificate');
  return text;
}
