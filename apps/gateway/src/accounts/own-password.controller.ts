import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@techze/auth';
import {
  AcceptInvitation,
  ChangePassword,
  ConfirmPasswordReset,
  LoginResponse,
  RequestPasswordReset,
  userRoles,
  type Principal,
} from '@techze/contracts';
import { Caller } from '../auth/caller.decorator.js';
import { RateClass } from '../limits/rate-class.decorator.js';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, bodyProblems, dependencyProblems } from '../openapi/answers.decorator.js';
import { PasswordChange } from './password-change.service.js';
import { PasswordResets } from './password-resets.service.js';
import { TokenRedemption } from './token-redemption.service.js';

@ApiTags('auth')
@Controller('api/v1/auth')
export class OwnPasswordController {
  constructor(
    private readonly passwords: PasswordChange,
    private readonly resets: PasswordResets,
    private readonly redemption: TokenRedemption,
  ) {}

  @Allow(...userRoles, 'operator')
  @Post('password')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'changePassword',
    summary: 'Change one’s password',
    description:
      'All other sessions of the person end. A wrong current password is 422 and points at it, counts as a failed log-in to the account, and is audited.',
  })
  @Answers(204, null, ['invalid-token', 'rate-limited', ...bodyProblems, ...dependencyProblems])
  change(
    @Caller() caller: Extract<Principal, { kind: 'user' }>,
    @Body({ schema: ChangePassword }) body: ChangePassword,
  ): Promise<void> {
    return this.passwords.change(caller, body);
  }

  @Public()
  @RateClass('auth')
  @Post('password-reset')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'requestPasswordReset',
    security: [],
    summary: 'Ask for a new password',
    description:
      'The same answer, as soon, for every address: whether there is an account is looked up behind it. If there is one that can log in, a mail with a token for an hour goes to it, at most five an hour; an older token ends. Audited.',
  })
  @Answers(202, null, ['rate-limited', ...bodyProblems, ...dependencyProblems])
  requestReset(@Body({ schema: RequestPasswordReset }) body: RequestPasswordReset): Promise<void> {
    return this.resets.request(body.email);
  }

  @Public()
  @RateClass('auth')
  @Post('password-reset/confirm')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'confirmPasswordReset',
    security: [],
    summary: 'Choose a new password',
    description:
      'The token works once. All sessions of the person end everywhere within a second. A password that is refused does not spend the token. Audited.',
  })
  @Answers(204, null, ['invalid-one-time-token', ...bodyProblems, ...dependencyProblems])
  confirmReset(@Body({ schema: ConfirmPasswordReset }) body: ConfirmPasswordReset): Promise<void> {
    return this.redemption.confirmReset(body);
  }

  @Public()
  @RateClass('auth')
  @Post('invitations/accept')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'acceptInvitation',
    security: [],
    summary: 'Accept an invitation',
    description:
      'Sets the password, and the name if it is given, and logs in. The token works once, for seven days. A password that is refused does not spend it. Audited.',
  })
  @Answers(200, LoginResponse, ['invalid-one-time-token', 'rate-limited', ...bodyProblems, ...dependencyProblems])
  accept(@Body({ schema: AcceptInvitation }) body: AcceptInvitation): Promise<LoginResponse> {
    return this.redemption.accept(body);
  }
}
