import { z } from 'zod';
import { defineCommand } from './command.js';
import { rolesFrom } from './principal.js';

/** What a report can be had as; the first is what a caller gets who does not care. */
export const reportMediaTypes = ['text/html', 'application/pdf'] as const;
export type ReportMediaType = (typeof reportMediaTypes)[number];

/** The languages that reports are written in; the first is the one where nothing says otherwise: the shops are Brazilian. */
export const reportLanguages = ['pt-BR', 'en'] as const;
export const ReportLanguage = z.enum(reportLanguages);
export type ReportLanguage = z.infer<typeof ReportLanguage>;

/** GET /api/v1/diagnostics/{id}/report. */
export const GetReportQuery = z.strictObject({
  against: z.string().optional().describe('Another diagnostic of the same device: the report shows before and after.'),
  lang: ReportLanguage.optional().describe('Without it the Accept-Language header decides, else pt-BR.'),
});
export type GetReportQuery = z.infer<typeof GetReportQuery>;

export const GetReport = z.object({
  id: z.string(),
  against: z.string().optional(),
  media_type: z.enum(reportMediaTypes),
  language: ReportLanguage,
});
export type GetReport = z.infer<typeof GetReport>;

/** A document that people print, whole. */
export const Report = z.object({
  media_type: z.enum(reportMediaTypes),
  language: ReportLanguage,
  file_name: z.string().describe('Plain ASCII.'),
  /** What a browser may do with it. */
  content_security_policy: z.string(),
  encoding: z.enum(['utf8', 'base64']),
  body: z.string(),
});
export type Report = z.infer<typeof Report>;

export const getReport = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.report',
  request: GetReport,
  response: Report,
  idempotent: true,
  roles: rolesFrom('viewer'),
});
