import { z } from 'zod';
import { defineCommand } from './command.js';
import { createDiagnosticExample } from './diagnostic.example.js';
import { rolesFrom } from './principal.js';
import { ProblemDocument, ProblemMessage } from './problem.js';

/** How many diagnostics a batch may hold. */
const ITEMS_MAX = 500;

/** POST /api/v1/diagnostics/batch. The envelope is strict; each item is judged by itself. */
export const CreateDiagnosticBatch = z
  .strictObject({
    diagnostics: z
      .array(z.unknown())
      .min(1)
      .max(ITEMS_MAX)
      .describe('Each as POST /api/v1/diagnostics takes it. A bad one never loses the others.'),
  })
  .meta({ id: 'CreateDiagnosticBatch', example: { diagnostics: [createDiagnosticExample] } });
export type CreateDiagnosticBatch = z.infer<typeof CreateDiagnosticBatch>;

const index = z.number().int().describe('Place of the diagnostic in the request, from 0.');
const status = z.number().int().describe('What a POST of it alone would have answered.');
const stored = z.object({ index, status, id: z.string() });

const problemExample = {
  type: 'urn:techze:problem:validation-failed',
  title: 'Validation failed',
  status: 422,
  detail: 'The request has faults: see errors, one pointer each.',
  instance: '/api/v1/diagnostics/batch',
  code: 'validation-failed',
  request_id: '0d6f7d2e-3c51-4c7e-9c53-9f0e2f6f3f11',
  errors: [{ pointer: '/diagnostics/1/type', detail: 'Invalid option' }],
};

/** What became of each diagnostic of a batch, in the order of the request. */
export const DiagnosticBatchResult = z
  .object({ results: z.array(z.union([stored, z.object({ index, status, problem: ProblemDocument })])) })
  .meta({
    id: 'DiagnosticBatchResult',
    example: {
      results: [
        { index: 0, status: 201, id: 'dgn_019aa8c51f6b7d1e8f0a2b3c4d5e6f70' },
        { index: 1, status: 422, problem: problemExample },
      ],
    },
  });
export type DiagnosticBatchResult = z.infer<typeof DiagnosticBatchResult>;

/** An item as it came, or why the edge refuses to pass it on. */
export const DiagnosticBatchItem = z.union([
  z.strictObject({ problem: ProblemMessage }),
  z.strictObject({ diagnostic: z.unknown() }),
]);
export type DiagnosticBatchItem = z.infer<typeof DiagnosticBatchItem>;

export const CreateDiagnostics = z.strictObject({ items: z.array(DiagnosticBatchItem).min(1).max(ITEMS_MAX) });
export type CreateDiagnostics = z.infer<typeof CreateDiagnostics>;

/** `replayed` when an Idempotency-Key brought back what an earlier request did, and nothing was left to do. */
export const CreatedDiagnostics = z.object({
  results: z.array(z.union([stored, z.object({ index, problem: ProblemMessage })])),
  replayed: z.boolean(),
});
export type CreatedDiagnostics = z.infer<typeof CreatedDiagnostics>;

export const createDiagnostics = defineCommand({
  service: 'diagnostics',
  pattern: 'diagnostics.create-batch',
  request: CreateDiagnostics,
  response: CreatedDiagnostics,
  idempotent: 'key',
  roles: [...rolesFrom('technician'), 'agent'],
});
