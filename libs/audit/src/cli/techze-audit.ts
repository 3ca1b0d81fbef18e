#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { plainText } from '../plain-text.js';
import { parseAuditPublicKeys } from '../trail/audit-keys.js';
import type { TrailFault } from '../trail/trail-verifier.js';
import { headsInLog, verifyExport, type KeptHeads } from './verify-export.js';

// Knows nothing of the services, the database or the network: a file and a public key are all it goes by.
const FAULTS = 1;
const UNUSABLE = 2;

const program = new Command('techze-audit')
  .description('Checks an audit trail that was exported from the TechZe Diagnostic Service.')
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : UNUSABLE));
program
  .command('verify')
  .description('find every record that was changed, deleted, inserted or reordered, and every forged or missing batch')
  .argument('<export>', 'the file that GET /api/v1/audit/export?format=ndjson gave')
  .requiredOption('--key <file>', 'public key in PEM; after a rotation all of them, one behind the other')
  .option('--log <file>', 'log of the sealing service: also finds batches that were deleted from the end of the trail')
  .addHelpText('after', '\nExit status: 0 nothing wrong, 1 faults were found, 2 it could not be checked.')
  .action(async (file: string, { key, log }: { key: string; log?: string }) => {
    try {
      process.exitCode = await verify(file, key, log);
    } catch (error) {
      process.stderr.write(`techze-audit: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = UNUSABLE;
    }
  });
await program.parseAsync();

async function verify(file: string, keyFile: string, log: string | undefined): Promise<number> {
  const keys = parseAuditPublicKeys(readFileSync(keyFile, 'utf8'));
  const none: KeptHeads = new Map();
  const kept = async (tenantId: string) => (log === undefined ? none : headsInLog(log, tenantId, keys));
  const verdict = await verifyExport(file, keys, kept, (fault) => process.stdout.write(`FAULT ${inWords(fault)}\n`));
  const { tenant_id, exported_at, filters, batches, records, withheld, last, faults } = verdict;
  const chosen = Object.entries(filters).map(([name, value]) => plainText(`${name}=${value}`, 200));
  process.stdout.write(
    [
      `tenant ${tenant_id}, exported ${exported_at}${chosen.length > 0 ? `, only ${chosen.join(' ')}` : ''}`,
      `${records} records in ${batches} batches${withheld > 0 ? `; ${withheld} more left out, by their hashes` : ''}`,
      ...(last ? [`last batch ${last.batch}, up to record ${last.to_sequence}, sealed ${last.sealed_at}`] : []),
      faults === 0 ? 'VERIFIED' : `NOT VERIFIED: ${faults} faults`,
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
