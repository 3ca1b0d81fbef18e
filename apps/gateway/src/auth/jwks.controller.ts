import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { KeyRing, Public } from '@techze/auth';
import { JsonWebKeySet } from '@techze/contracts';
import { Answers } from '../openapi/answers.decorator.js';

/** A key is known for two minutes at least before it signs (`techze-keys`): nobody misses it who asks again after this. */
const MAX_AGE_SECONDS = 60;

@ApiTags('auth')
@Controller()
export class JwksController {
  constructor(private readonly keys: KeyRing) {}

  @Public()
  @Get('.well-known/jwks.json')
  @Header('cache-control', `public, max-age=${MAX_AGE_SECONDS}`)
  @ApiOperation({
    operationId: 'getJwks',
    security: [],
    summary: 'Public keys of access tokens',
    description: 'An RFC 7517 key set; keys appear before they are used.',
  })
  @Answers(200, JsonWebKeySet, [])
  jwks(): JsonWebKeySet {
    return { keys: this.keys.published('gateway').map((key) => key.jwk) };
  }
}
