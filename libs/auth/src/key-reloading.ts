import { readFile } from 'node:fs/promises';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Logger } from '@techze/observability';
import { authConfig, type AuthConfig } from './auth.config.js';
import { KeyRing } from './key-ring.js';
import { authKeyLoaded, authKeyReloadsTotal } from './metrics.js';
import { parseSigningKey, parseVerificationKeys } from './signing-key.js';

const EVERY_MS = 1_000;

/**
 * Takes keys that were exchanged in their files, without a restart. It looks at the content: Kubernetes exchanges the folder
 * under a mounted secret, and no watcher sees that everywhere. Files that cannot be used are told of once, and the keys stay.
 */
@Injectable()
export class KeyReloading implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | undefined;
  private underWay: Promise<void> | undefined;
  /** What was last looked at, whether or not it could be used. */
  private seen: string | undefined;

  constructor(
    private readonly keys: KeyRing,
    @Inject(authConfig.token) private readonly config: Pick<AuthConfig, 'files'>,
    logger: Logger,
  ) {
    this.logger = logger.named('auth-keys');
  }

  async onModuleInit(): Promise<void> {
    this.show();
    if (!this.config.files.signingKey && !this.config.files.jwks) return;
    await this.look();
    this.timer = setInterval(() => {
      // One look at a time: a file system that hangs is not asked again and again.
      this.underWay ??= this.look().finally(() => (this.underWay = undefined));
    }, EVERY_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.underWay;
  }

  /** Takes what is in the files, if it is not what was there the last time. Never rejects. */
  async look(): Promise<void> {
    let content: string;
    try {
      content = JSON.stringify(await this.read());
    } catch (error) {
      // Nothing of the content: the error of a read names the file at most.
      content = `cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}`;
    }
    if (content === this.seen) return;
    const first = this.seen === undefined;
    this.seen = content;
    try {
      this.take(content, first);
    } catch (error) {
      authKeyReloadsTotal.inc({ result: 'refused' });
      const reason = error instanceof Error ? error.message : 'unknown reason';
      this.logger.error('changed key files cannot be used: the keys stay as they are', { reason });
    }
  }

  /** The value of a variable that is not a file does not change. */
  private async read(): Promise<{ signingKey: string | null; jwks: string | null }> {
    const { signingKey, jwks } = this.config.files;
    return { signingKey: await textOf(signingKey), jwks: await textOf(jwks) };
  }

  private take(content: string, first: boolean): void {
    if (!content.startsWith('{')) throw new Error(content);
    const { signingKey, jwks } = JSON.parse(content) as { signingKey: string | null; jwks: string | null };
    const next = {
      signingKey:
        signingKey === null ? this.keys.signing : named('AUTH_SIGNING_KEY', () => parseSigningKey(signingKey)),
      verificationKeys: jwks === null ? this.keys.all() : named('AUTH_JWKS', () => parseVerificationKeys(jwks)),
    };
    const before = this.fingerprint();
    this.keys.exchange({ ...next, verificationKeys: [...next.verificationKeys] });
    if (first && this.fingerprint() === before) return;
    this.show();
    authKeyReloadsTotal.inc({ result: 'loaded' });
    this.logger.info('keys were exchanged', {
      signing: this.keys.signing.kid,
      verifying: this.keys.all().map(({ kid }) => kid),
    });
  }

  private fingerprint(): string {
    return JSON.stringify([this.keys.signing.kid, this.keys.all().map(({ jwk, issuer }) => [issuer, jwk.kid, jwk.x])]);
  }

  private show(): void {
    authKeyLoaded.reset();
    for (const { kid, issuer } of this.keys.all()) authKeyLoaded.set({ kid, issuer, use: 'verify' }, 1);
    const { kid, issuer } = this.keys.signing;
    authKeyLoaded.set({ kid, issuer, use: 'sign' }, 1);
  }
}

async function textOf(file: string | undefined): Promise<string | null> {
  return file === undefined ? null : readFile(file, 'utf8');
}

function named<T>(variable: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${variable} ${error instanceof Error ? error.message : 'cannot be read'}`, { cause: error });
  }
}
