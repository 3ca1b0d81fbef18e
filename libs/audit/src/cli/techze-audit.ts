#!/usr/bin/env node
import { readFileSync, statSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { plainText } from '../plain-text.js';
import { parseAuditPublicKeys } from '../trail/audit-keys.js';
import { headHash } from '../trail/batch-head.js';
import type { TrailFault } from '../trail/trail-verifier.js';
import { headsInLog, verifyExport } from './verify-export.js';

// Knows nothing of the services, the database or the network: a file and a public key are all it goes by.
const FAULTS = 1;
const UNUSABLE = 2;
const EXTRACT_VERIFIED = 'EXTRACT VERIFIED: what it shows is genuine; of what it leaves out nothing is said';

const program = new Command('techze-audit')
  .description('Checks an audit trail that was exported from the TechZe Diagnostic Service.')
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : UNUSABLE));
program
  .command('verify')
  .description('find every record that was changed, deleted, inserted or reordered, and every forged or missing batch')
  .argument('<export>', 'the file that GET /api/v1/audit/export?format=ndjson gave, or that file as .gz')
  .requiredOption('--key <file>', 'public key in PEM; after a rotation all of them, one behind the other')
  .option('--log <file>', 'log of the sealing service: also finds batches that were deleted from the end of the trail')
  .option(
    '--expect-head <hash>',
    'the head that an earlier run told: also finds a trail that was rolled back since',
    hash,
  )
  .option('--tenant <id>', 'whose trail it must be')
  .option('--retention-days <days>', 'older records may be gone, a batch as a whole; younger ones may not', days, 400)
  .option('--taken <time>', 'when you took the export (RFC 3339); else the time of the file', moment)
  .option('--extract', 'you asked for it with filters: whatever it leaves out goes unchecked', false)
  .addHelpText('after', '\nExit status: 0 nothing wrong, 1 faults were found, 2 it could not be checked.')
  .action(async (file: string, options: Options) => {
    try {
      process.exitCode = await verify(file, options);
    } catch (error) {
      process.stderr.write(`techze-audit: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = UNUSABLE;
    }
  });
await program.parseAsync();

interface Options {
  readonly key: string;
  readonly log?: string;
  readonly expectHead?: string;
  readonly tenant?: string;
  readonly retentionDays: number;
  readonly taken?: number;
  readonly extract: boolean;
}

function keysIn(file: string) {
  try {
    return parseAuditPublicKeys(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function hash(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new InvalidArgumentError('A SHA-256 in hex is wanted.');
  return text;
}

function days(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('A number of days is wanted.');
  return Number(text);
}

function moment(text: string): number {
  const { success, data } = z.iso.datetime({ offset: true }).safeParse(text);
  if (!success) throw new InvalidArgumentError('A time is wanted, like 2026-11-22T08:00:00Z.');
  return Date.parse(data);
}

async function verify(file: string, options: Options): Promise<number> {
  const { key, log, expectHead, tenant, retentionDays, taken, extract } = options;
  const keys = keysIn(key);
  const expected = {
    head: expectHead,
    tenantId: tenant,
    retentionDays,
    takenAt: Math.min(taken ?? statSync(file).mtimeMs, Date.now()),
    extract,
    ...(log !== undefined && { kept: (tenantId: string) => headsInLog(log, tenantId, keys) }),
  };
  const verdict = await verifyExport(file, keys, expected, (fault) =>
    process.stdout.write(`FAULT ${inWords(fault)}\n`),
  );
  const { tenant_id, exported_at, filters, batches, records, withheld, expired, last, faults } = verdict;
  const chosen = Object.entries(filters).map(([name, value]) => plainText(`${name}=${value}`, 200));
  process.stdout.write(
    [
      `tenant ${tenant_id}, exported ${exported_at}${chosen.length > 0 ? `, only ${chosen.join(' ')}` : ''}`,
      `${records} records in ${batches} batches${withheld > 0 ? `; ${withheld} more left out, by their hashes` : ''}`,
      ...(expired > 0
        ? [`${expired} records expired: sealed more than ${retentionDays} days before, only their heads are left`]
        : []),
      ...(last
        ? [
            `last batch ${last.batch}, up to record ${last.to_sequence}, sealed ${last.sealed_at}`,
            `head ${headHash(last)}`,
          ]
        : []),
      faults > 0 ? `NOT VERIFIED: ${faults} faults` : chosen.length > 0 ? EXTRACT_VERIFIED : 'VERIFIED',
      '',
    ].join('\n'),
  );
  return faults === 0 ? 0 : FAULTS;
}

function inWords({ batch, sequence, record_id, detail }: TrailFault): string {
  const where = [
    ...(batch === null ? [] : [`batch ${batch}`]),
    ...(sequence === null ? [] : [`record ${sequence}`]),
    ...(record_id === null ? [] : [`(${plainText(record_id, 64)})`]),
  ];
  return where.length === 0 ? detail : `${where.join(' ')}: ${detail}`;
}
