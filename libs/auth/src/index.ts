export { ALLOWED_ROLES, AllowRoles, PUBLIC, Public } from './access.decorators.js';
export { AccessTokens } from './access-tokens.js';
export { authConfig, type AuthConfig } from './auth.config.js';
export { AuthModule } from './auth.module.js';
export { KeyRing } from './key-ring.js';
export { SignedContexts } from './signed-contexts.js';
export { TokenVerifier } from './token-verifier.js';
