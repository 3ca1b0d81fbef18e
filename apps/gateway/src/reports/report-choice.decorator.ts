import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import {
  Problem,
  reportLanguages,
  reportMediaTypes,
  type ReportLanguage,
  type ReportMediaType,
} from '@techze/contracts';
import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

/** What the caller's headers ask for. */
export interface ReportChoice {
  readonly media_type: ReportMediaType;
  readonly language: ReportLanguage;
}

/** `pt` and its other countries read the Portuguese of Brazil. */
const OFFERED_LANGUAGES = ['pt-BR', 'pt', 'en'] as const;

/**
 * Accept and Accept-Language by the book (RFC 9110): without them, or where anything will do, HTML in pt-BR. A language
 * that we do not have is no reason to refuse.
 * @throws Problem `not-acceptable` when the caller takes neither HTML nor PDF
 */
export function choiceOf(headers: FastifyRequest['headers']): ReportChoice {
  const mediaType = new Negotiator({ headers }).mediaType([...reportMediaTypes]);
  const media_type = reportMediaTypes.find((each) => each === mediaType);
  if (!media_type) throw new Problem('not-acceptable');
  return { media_type, language: languageOf(headers) };
}

/** The language that Accept-Language asks for. */
export function languageOf(headers: FastifyRequest['headers']): ReportLanguage {
  return new Negotiator({ headers }).language([...OFFERED_LANGUAGES]) === 'en' ? 'en' : reportLanguages[0];
}

/** The media type and the language of the report that the request asks for. */
export const ReportChoice = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  choiceOf(context.switchToHttp().getRequest<FastifyRequest>().headers),
);
