import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@techze/auth';
import {
  LoginRequest,
  LoginResponse,
  LogoutRequest,
  RefreshRequest,
  SignedInUser,
  TokenPair,
  userRoles,
  type Principal,
} from '@techze/contracts';
import { RateClass } from '../limits/rate-class.decorator.js';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, bodyProblems, dependencyProblems } from '../openapi/answers.decorator.js';
import { Caller } from './caller.decorator.js';
import { IdentityService } from './identity.service.js';

@ApiTags('auth')
@Controller('api/v1/auth')
export class AuthController {
  constructor(private readonly identity: IdentityService) {}

  @Public()
  @RateClass('auth')
  @Post('login')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'logIn',
    security: [],
    summary: 'Log in',
    description: 'The same answer for an unknown account, a wrong password and a disabled account.',
  })
  @Answers(200, LoginResponse, ['invalid-credentials', ...bodyProblems, ...dependencyProblems])
  logIn(@Body({ schema: LoginRequest }) body: LoginRequest): Promise<LoginResponse> {
    return this.identity.logIn(body);
  }

  @Public()
  @RateClass('auth')
  @Post('refresh')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'refresh',
    security: [],
    summary: 'Spend a refresh token for a new pair',
    description:
      'Each refresh token works once. One that comes again later than ten seconds after its use ends the whole session.',
  })
  @Answers(200, TokenPair, ['invalid-refresh-token', ...bodyProblems, ...dependencyProblems])
  refresh(@Body({ schema: RefreshRequest }) body: RefreshRequest): Promise<TokenPair> {
    return this.identity.refresh(body.refresh_token);
  }

  @Allow(...userRoles, 'operator')
  @RateClass('auth')
  @Post('logout')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'logOut',
    summary: 'Log out',
    description: 'Ends the session: its tokens stop working everywhere within a second.',
  })
  @Answers(204, null, ['invalid-token', ...bodyProblems, ...dependencyProblems])
  logOut(
    @Caller() caller: Extract<Principal, { kind: 'user' }>,
    @Body({ schema: LogoutRequest }) body: LogoutRequest,
  ): Promise<void> {
    return this.identity.logOut(caller, body?.refresh_token);
  }

  @Allow(...userRoles, 'operator')
  @Get('me')
  @ApiOperation({ operationId: 'whoAmI', summary: 'Who am I' })
  @Answers(200, SignedInUser, ['invalid-token', ...dependencyProblems])
  me(@Caller() caller: Extract<Principal, { kind: 'user' }>): Promise<SignedInUser> {
    return this.identity.whoIs(caller);
  }
}
