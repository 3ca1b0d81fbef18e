import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { TokenVerifier } from '@techze/auth';
import { Problem, type Principal } from '@techze/contracts';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-jwt';
import { ApiKeyCredentials, isApiKey } from '../api-keys/api-key-credentials.js';
import { bearerOf } from './bearer-token.js';
import { DeviceCredentials, isDeviceCredential } from './device-credentials.js';
import { SessionRegistry } from './session-registry.js';

export const BEARER = 'bearer';

/** What a credential proves. */
export interface Authenticated {
  readonly principal: Principal;
  readonly token: string;
}

/**
 * passport-jwt's strategy over our verifiers: jsonwebtoken, which it uses by itself, knows no EdDSA and costs
 * a signature check on every request.
 */
@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy, BEARER) {
  constructor(
    private readonly tokens: TokenVerifier,
    private readonly sessions: SessionRegistry,
    private readonly devices: DeviceCredentials,
    private readonly keys: ApiKeyCredentials,
  ) {
    super({
      jwtFromRequest: () => null,
      secretOrKeyProvider: (_request, _token, done) => done(new Error('tokens are verified by TokenVerifier')),
    });
  }

  override authenticate(request: unknown): void {
    this.verify(request as FastifyRequest).then(
      (authenticated) => this.success(authenticated),
      (error: unknown) => this.error(error as Error),
    );
  }

  /** passport-jwt would call this with claims that it verified itself. */
  validate(): never {
    throw new Problem('invalid-token');
  }

  /** Whose credential a request brings; to be asked again for as long as its answer goes on. @throws Problem */
  async verify(request: FastifyRequest): Promise<Authenticated> {
    const token = bearerOf(request);
    if (token === undefined) throw new Problem('invalid-token');
    if (isDeviceCredential(token)) return this.devices.authenticate(token);
    if (isApiKey(token)) return this.keys.authenticate(token, request.context?.ipAddress ?? request.ip);
    const principal = await this.tokens.verify(token);
    // A signed context is the suite's own: it travels between services and opens no door from outside.
    if (principal.kind !== 'user') throw new Problem('invalid-token');
    if (!(await this.sessions.isActive(principal))) throw new Problem('invalid-token');
    return { principal, token };
  }
}
