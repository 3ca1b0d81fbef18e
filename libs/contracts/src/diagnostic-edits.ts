import { z } from 'zod';
import { defineCommand } from './command.js';
import { CreatedDiagnostic, Diagnostic, diagnosticNotes, diagnosticTags, DiagnosticType } from './diagnostic.js';
import { idSchema } from './ids.js';
import { rolesFrom } from './principal.js';
import { ifMatch } from './version.js';

/** PATCH /api/v1/diagnostics/{id}: what people say of a diagnostic. The evidence and its verdict stay as they are. */
export const ChangeDiagnostic = z
  .strictObject({
    notes: diagnosticNotes.nullable().optional(),
    tags: diagnosticTags.optional(),
    status: z.literal('cancelled').optional().describe('Only while the diagnostic waits for its evidence.'),
  })
  .refine((change) => Object.keys(change).length > 0, 'changes nothing')
  .meta({ id: 'ChangeDiagnostic', example: { notes: 'disk replaced', tags: ['counter', 'warranty'] } });
export type ChangeDiagnostic = z.infer<typeof ChangeDiagnostic>;

export const PatchDiagnostic = z.object({ id: z.string(), change: ChangeDiagnostic, if_match: ifMatch });
export type PatchDiagnostic = z.infer<typeof PatchDiagnostic>;

export const changeDiagnostic = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.change',
  request: PatchDiagnostic,
  response: Diagnostic,
  idempotent: 'key',
  roles: rolesFrom('technician'),
});

export const DeleteDiagnostic = z.object({ id: z.string(), if_match: ifMatch });
export type DeleteDiagnostic = z.infer<typeof DeleteDiagnostic>;

export const deleteDiagnostic = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.delete',
  request: DeleteDiagnostic,
  response: z.null(),
  idempotent: 'key',
  roles: rolesFrom('manager'),
});

const HOUR_S = 3600;

/** Asks for a diagnostic of a device: whoever then POSTs one with its `diagnostic_id` fulfils it. */
export const RequestDiagnostic = z.strictObject({
  device_id: idSchema('dev'),
  type: DiagnosticType.default('full'),
  expires_in_s: z
    .number()
    .int()
    .min(60)
    .max(30 * 24 * HOUR_S)
    .default(72 * HOUR_S),
});
export type RequestDiagnostic = z.infer<typeof RequestDiagnostic>;

/** Between services: there is no route for it. */
export const requestDiagnostic = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.request',
  request: RequestDiagnostic,
  response: CreatedDiagnostic,
  idempotent: 'key',
  roles: [...rolesFrom('technician'), 'worker'],
});
