import type { Mail } from '@techze/mail';
import type { TokenPurpose } from './one-time-secrets.js';

interface Occasion {
  readonly purpose: TokenPurpose;
  /** Whose account it is: the only words in it that somebody else has chosen, and that is the operator of the installation. */
  readonly tenantName: string;
  readonly appUrl: string;
  readonly token: string;
}

/** The page of the web application that takes the token. */
const pages: Readonly<Record<TokenPurpose, string>> = {
  invitation: 'accept-invitation',
  password_reset: 'reset-password',
};

/** In both languages of the installation: nobody knows yet which one the reader speaks. */
export function mailText({ purpose, tenantName, appUrl, token }: Occasion): Pick<Mail, 'subject' | 'text'> {
  // Behind the #: a browser sends it to no server, so no log and no Referer shows it.
  const link = `${appUrl}${pages[purpose]}#token=${token}`;
  if (purpose === 'invitation')
    return {
      subject: 'Seu acesso ao TechZe · Your TechZe account',
      text: paragraphs(
        `Você foi convidado para a conta de ${tenantName} no TechZe. Escolha sua senha nos próximos 7 dias:`,
        `You have been invited to the account of ${tenantName} on TechZe. Choose your password within 7 days:`,
        link,
        'Se você não esperava este convite, ignore esta mensagem. · If you did not expect this, ignore this message.',
      ),
    };
  return {
    subject: 'Nova senha do TechZe · Your TechZe password',
    text: paragraphs(
      'Alguém pediu uma nova senha para sua conta no TechZe. Se foi você, escolha-a dentro de uma hora:',
      'Somebody asked for a new password of your TechZe account. If it was you, choose it within an hour:',
      link,
      'Se não foi você, ignore esta mensagem: sua senha continua a mesma. · If it was not you, ignore this message: your password stays as it is.',
    ),
  };
}

function paragraphs(...lines: string[]): string {
  return `${lines.join('\n\n')}\n`;
}
