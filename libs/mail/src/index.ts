export { Mailer, type Mail } from './mailer.js';
export { MailModule } from './mail.module.js';
export { mailConfig, type MailConfig, type OutgoingMail } from './mail.config.js';
