import type { ReportLanguage } from '@techze/contracts';
import { en } from './en.js';
import { ptBr } from './pt-br.js';
import type { Texts } from './texts.js';

/** Every language that a report is written in. */
export const languages: Readonly<Record<ReportLanguage, Texts>> = { en, 'pt-BR': ptBr };
