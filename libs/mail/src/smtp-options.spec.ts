import { loadConfig } from '@techze/config';
import { mailConfig } from './mail.config.js';
import { smtpOptions } from './smtp-options.js';

describe('the way to an SMTP server', () => {
  it('smtp: must become TLS before anything is said, except on this machine', () => {
    expect(smtpOptions('smtp://mail.example.com')).toMatchObject({ port: 587, secure: false, requireTLS: true });
    for (const here of ['127.0.0.1', 'localhost', '[::1]'])
      expect(smtpOptions(`smtp://${here}:2525`)).toMatchObject({ port: 2525, requireTLS: false });
    for (const there of ['127.evil.example', '10.0.0.1', '[2001:db8::1]'])
      expect(smtpOptions(`smtp://${there}`)).toMatchObject({ requireTLS: true });
  });

  it('smtps: is TLS from the first byte', () => {
    expect(smtpOptions('smtps://mail.example.com')).toMatchObject({ port: 465, secure: true });
  });

  it.each(['smtp://mail.example.com', 'smtps://mail.example.com', 'smtp://127.0.0.1'])(
    '%s: the certificate is verified',
    (url) => {
      expect(smtpOptions(url)).toMatchObject({ tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' } });
    },
  );

  it('the log-in may hold any character, percent-encoded', () => {
    expect(smtpOptions('smtp://post%40x.example:a%2Fb%3Ac@mail.example.com')).toMatchObject({
      auth: { user: 'post@x.example', pass: 'a/b:c' },
    });
  });
});

describe('the settings of mail', () => {
  const settings = (environment: Record<string, string>) => loadConfig([mailConfig], environment).get(mailConfig.token);
  const sender = { MAIL_FROM: 'techze@x.example', APP_URL: 'https://app.x.example' };

  it('none: no mails are sent', () => {
    expect(settings({})).toEqual({ outgoing: null });
  });

  it('all: links begin with the application, however it was written', () => {
    expect(settings({ ...sender, MAIL_URL: 'smtps://u:p@mail.example.com' })).toEqual({
      outgoing: { url: 'smtps://u:p@mail.example.com', from: 'techze@x.example', appUrl: 'https://app.x.example/' },
    });
  });

  it.each([
    ['no sender', { MAIL_URL: 'file:/tmp/mail' }, 'MAIL_FROM: is missing'],
    ['no application', { MAIL_URL: 'file:/tmp/mail', MAIL_FROM: sender.MAIL_FROM }, 'APP_URL: is missing'],
    ['another protocol', { ...sender, MAIL_URL: 'http://secret@mail.example.com' }, 'MAIL_URL: must be'],
    ['a host for a folder', { ...sender, MAIL_URL: 'file://tmp/mail' }, 'MAIL_URL: must be'],
    [
      'a log-in that cannot be decoded',
      { ...sender, MAIL_URL: 'smtp://a%zz:secret@mail.example.com' },
      'MAIL_URL: must be',
    ],
    [
      'a sender with a line of its own',
      { ...sender, MAIL_FROM: 'a@x.example\nBcc: b@x.example' },
      'MAIL_FROM: must be',
    ],
    ['an application with a fragment', { ...sender, APP_URL: 'https://app.x.example/#a' }, 'APP_URL: must be'],
    ['an application of another kind', { ...sender, APP_URL: 'javascript:alert(1)' }, 'APP_URL: must be'],
  ])('%s: the process does not start, and is told by name', (_case, environment, fault) => {
    expect(() => settings(environment)).toThrow(fault);
    expect(() => settings(environment)).not.toThrow('secret@');
  });
});
