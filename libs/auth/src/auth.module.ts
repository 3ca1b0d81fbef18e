import { Module, type DynamicModule } from '@nestjs/common';
import type { ServiceName } from '@techze/contracts';
import { ContextVerifier } from '@techze/transport';
import { AccessTokens } from './access-tokens.js';
import { authConfig, type AuthConfig } from './auth.config.js';
import { KeyReloading } from './key-reloading.js';
import { KeyRing } from './key-ring.js';
import { SignedContexts } from './signed-contexts.js';
import { TokenIssuer } from './token-issuer.js';
import { TokenVerifier } from './token-verifier.js';

/** Keys, tokens and signed contexts of one process; also what the transport verifies messages with. */
@Module({})
export class AuthModule {
  static forRoot({ service }: { service: ServiceName }): DynamicModule {
    return {
      module: AuthModule,
      global: true,
      providers: [
        {
          provide: KeyRing,
          useFactory: (config: AuthConfig) => new KeyRing(service, config),
          inject: [authConfig.token],
        },
        KeyReloading,
        TokenIssuer,
        AccessTokens,
        SignedContexts,
        TokenVerifier,
        { provide: ContextVerifier, useExisting: TokenVerifier },
      ],
      exports: [KeyRing, AccessTokens, SignedContexts, TokenVerifier, ContextVerifier],
    };
  }
}
