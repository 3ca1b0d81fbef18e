import { Module } from '@nestjs/common';
import { Mailer } from './mailer.js';

/** The way out for mails of one process. */
@Module({ providers: [Mailer], exports: [Mailer] })
export class MailModule {}
