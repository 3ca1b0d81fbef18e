import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { services, type ServiceName } from '@techze/contracts';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { LocalStackError } from './local-stack-error.js';
import { replaceFile } from './state/write-file.js';

/** An Ed25519 public key as JWK (RFC 8037), named by its thumbprint (RFC 7638), bound to the service that signs with it. */
interface PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
  readonly iss: ServiceName;
}
interface SigningJwk extends PublicJwk {
  readonly d: string;
}

/** A key is made known, then signed with, then kept until the last token that it signed has expired. */
export interface TokenKey {
  readonly service: ServiceName;
  readonly kid: string;
  readonly state: 'next' | 'signing' | 'retiring';
  /** Since when it is made known, or is signed with no more; of a key that signs, nobody has written it down. */
  readonly since: Date | null;
}

/**
 * The keys that tokens are signed with, in one folder: `<service>.jwk.json` signs, `<service>.next.jwk.json` is made known
 * and waits, `<service>.<kid>.retiring.json` is the public half of one that signs no more. Each step can be done again: one
 * that was interrupted is finished, and `jwks.json` follows from the other files.
 */
export class TokenKeys {
  constructor(private readonly folder: string) {}

  signingFile(service: ServiceName): string {
    return join(this.folder, `${service}.jwk.json`);
  }

  get jwksFile(): string {
    return join(this.folder, 'jwks.json');
  }

  /** Makes the keys that are not there yet; those that are stay. */
  async make(): Promise<void> {
    for (const service of services) {
      const file = this.signingFile(service);
      if (!existsSync(file)) writeFileSync(file, json(await newJwk(service)), { mode: 0o600, flag: 'wx' });
    }
    this.writeJwks();
  }

  list(): TokenKey[] {
    return services.flatMap((service): TokenKey[] => {
      const next = this.next(service);
      const { kid } = this.signing(service);
      return [
        { service, kid, state: 'signing', since: null },
        ...(next ? [{ service, kid: next.kid, state: 'next' as const, since: new Date(next.published_at) }] : []),
        ...this.retiring(service).map(({ jwk, replaced_at }) => ({
          service,
          kid: jwk.kid,
          state: 'retiring' as const,
          since: new Date(replaced_at),
        })),
      ];
    });
  }

  /** Makes the next key of a service known; one that is known already stays. */
  async publish(service: ServiceName): Promise<void> {
    if (!this.next(service)) {
      const next = { ...(await newJwk(service)), published_at: new Date().toISOString() };
      writeFileSync(this.nextFile(service), json(next), { mode: 0o600, flag: 'wx' });
    }
    this.writeJwks();
  }

  /** Signs with the next key from now on; the one before is kept to verify with. @throws LocalStackError when there is no next key */
  activate(service: ServiceName): void {
    const next = this.next(service);
    if (!next) throw new LocalStackError(`${service} has no next key: publish one first`);
    const { published_at: _then, ...jwk } = next;
    const { d: _private, ...old } = this.signing(service);
    // In this order: whatever interrupts it, the older key is known, and doing it again finishes it.
    if (old.kid !== jwk.kid) {
      const retiring = { jwk: old, replaced_at: new Date().toISOString() };
      replaceFile(join(this.folder, `${service}.${old.kid}.retiring.json`), json(retiring));
      replaceFile(this.signingFile(service), json(jwk));
    }
    rmSync(this.nextFile(service));
    this.writeJwks();
  }

  /** Forgets keys that were replaced until `before`: their tokens are refused. @returns the names of those keys */
  retire(service: ServiceName, before: Date): string[] {
    const { kid: signing } = this.signing(service);
    const gone = this.retiring(service).filter(
      ({ jwk, replaced_at }) => jwk.kid !== signing && new Date(replaced_at) <= before,
    );
    for (const { jwk } of gone) rmSync(join(this.folder, `${service}.${jwk.kid}.retiring.json`));
    this.writeJwks();
    return gone.map(({ jwk }) => jwk.kid);
  }

  private writeJwks(): void {
    const keys = new Map<string, PublicJwk>();
    for (const service of services) {
      const next = this.next(service);
      for (const jwk of [
        this.signing(service),
        ...(next ? [next] : []),
        ...this.retiring(service).map(({ jwk }) => jwk),
      ])
        keys.set(jwk.kid, publicHalf(jwk));
    }
    replaceFile(this.jwksFile, json({ keys: [...keys.values()] }));
  }

  private signing(service: ServiceName): SigningJwk {
    return read(this.signingFile(service));
  }

  private nextFile(service: ServiceName): string {
    return join(this.folder, `${service}.next.jwk.json`);
  }

  private next(service: ServiceName): (SigningJwk & { readonly published_at: string }) | undefined {
    return existsSync(this.nextFile(service)) ? read(this.nextFile(service)) : undefined;
  }

  private retiring(service: ServiceName): { readonly jwk: PublicJwk; readonly replaced_at: string }[] {
    return readdirSync(this.folder)
      .filter((name) => name.startsWith(`${service}.`) && name.endsWith('.retiring.json'))
      .map((name) => read(join(this.folder, name)));
  }
}

function publicHalf({ kty, crv, x, kid, alg, use, iss }: PublicJwk): PublicJwk {
  return { kty, crv, x, kid, alg, use, iss };
}

async function newJwk(iss: ServiceName): Promise<SigningJwk> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const { x, d } = await exportJWK(privateKey);
  if (x === undefined || d === undefined) throw new Error('jose exported no Ed25519 key');
  const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x });
  return { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig', iss, d };
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function read<T>(file: string): T {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'it is no JSON';
    throw new LocalStackError(`${file} cannot be read: ${reason}`);
  }
}
