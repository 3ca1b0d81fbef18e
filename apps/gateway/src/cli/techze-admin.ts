#!/usr/bin/env node
import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { auditDataConfig } from '@techze/audit';
import { ConfigurationError, loadConfig } from '@techze/config';
import { CreateTenant, newUuid, Problem, SYSTEM_TENANT_ID, type Tenant } from '@techze/contracts';
import { databaseConfig } from '@techze/database';
import { continueTrace, Logger, loggingConfig, runInContext } from '@techze/observability';
import { pagingConfig } from '@techze/paging';
import { Command } from 'commander';
import type { z } from 'zod';
import { AuditErasure } from '../audit/audit-erasure.js';
import { gatewayConfig } from '../gateway.config.js';
import { OperatorExists, OperatorsService } from '../tenants/operators.service.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { AdminModule } from './admin.module.js';

// What the API cannot do, because nobody can log in yet or any more; and what an operator may do there, from a shell.
const REFUSED = 1;
const UNUSABLE = 2;
const DEADLINE_MS = 60_000;
const PAGE = 200;

/** It is told to whoever ran the command, as it is. */
class Refusal extends Error {}

interface Person {
  readonly email: string;
  readonly name: string;
}

const program = new Command('techze-admin')
  .description(
    'Looks after an installation of the TechZe Diagnostic Service. Takes the environment of a gateway: its database log-in and its keys.',
  )
  .option('--json', 'answer in JSON, for other programs')
  .showHelpAfterError()
  .addHelpText('after', '\nExit status: 0 done, 1 refused, 2 it could not be done.')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : UNUSABLE));

program
  .command('bootstrap')
  .description('make the first operator; prints, once, the token to choose a password with')
  .requiredOption('--email <address>', 'what the operator logs in with')
  .requiredOption('--name <name>', 'what the operator is called')
  .option('--force', 'also where somebody is an operator already')
  .action((options: Person & { force?: true }) =>
    run(async (app) => {
      const person = personOf(options);
      const { operator, invitation } = await app.get(OperatorsService).bootstrap(person, options.force);
      say({ operator, invitation }, [
        `${operator.email} may become an operator until ${invitation.expires_at}, with this token:`,
        invitation.token ?? '',
      ]);
    }),
  );

const operators = program.command('operators').description('who looks after this installation');
operators
  .command('list')
  .description('list operators')
  .action(() =>
    run(async (app) => {
      const all = await app.get(OperatorsService).list();
      say(
        all,
        all.map(({ email, name, state }) => `${email}\t${state}\t${name}`),
      );
    }),
  );
operators
  .command('disable')
  .description('let an operator in no more')
  .argument('<email>')
  .action((email: string) =>
    run(async (app) => {
      await app.get(OperatorsService).disable(email.trim().toLowerCase());
      say({ email, state: 'disabled' }, [`${email} is disabled.`]);
    }),
  );

const tenants = program.command('tenants').description('whose the installation is');
tenants
  .command('create')
  .description('make a tenant; prints, once, the token with which its first admin chooses a password')
  .argument('<name>')
  .requiredOption('--admin-email <address>', 'what its first admin logs in with')
  .requiredOption('--admin-name <name>', 'what its first admin is called')
  .action((name: string, options: { adminEmail: string; adminName: string }) =>
    run(async (app) => {
      const admin = { email: options.adminEmail, name: options.adminName };
      const { value } = await app.get(TenantsService).create(parsed(CreateTenant, { name, admin }));
      say(value, [
        `${value.id}  ${value.name}`,
        `${value.admin.email} may become its admin until ${value.invitation.expires_at}, with this token:`,
        value.invitation.token ?? '',
      ]);
    }),
  );
tenants
  .command('list')
  .description('list tenants')
  .action(() =>
    run(async (app) => {
      const all: Tenant[] = [];
      for (let cursor: string | undefined, more = true; more;) {
        const { data, page } = await app.get(TenantsService).list({ limit: PAGE, cursor });
        all.push(...data);
        more = page.has_more;
        cursor = page.next_cursor ?? undefined;
      }
      say(
        all,
        all.map(({ id, name, suspended_at }) => `${id}\t${suspended_at ? 'suspended' : 'active'}\t${name}`),
      );
    }),
  );
for (const act of ['suspend', 'resume'] as const) {
  tenants
    .command(act)
    .description(act === 'suspend' ? 'let none of its users, agents and keys in' : 'let them in again')
    .argument('<id>')
    .action((id: string) =>
      run(async (app) => {
        const tenant = await app.get(TenantsService)[act](id, undefined);
        say(tenant, [`${tenant.id} is ${tenant.suspended_at ? 'suspended' : 'active'}.`]);
      }),
    );
}

tenants
  .command('erase-audit-data')
  .description(
    "destroy the keys of the personal data in a tenant's audit trail: nobody reads it again; the trail stays provable",
  )
  .argument('<id>')
  .requiredOption('--confirm <id>', 'the id once more: it cannot be undone')
  .action((id: string, { confirm }: { confirm: string }) =>
    run(async (app) => {
      if (confirm !== id) throw new Refusal('--confirm does not name the same tenant.');
      const { name } = await app.get(TenantsService).find(id);
      const keys = await app.get(AuditErasure).erase(id);
      say({ id, name, keys }, [
        `The personal data in the audit trail of ${id} (${name}) is gone; keys destroyed: ${keys}.`,
      ]);
    }),
  );

await program.parseAsync();

async function run(work: (app: INestApplicationContext) => Promise<void>): Promise<void> {
  try {
    const config = loadConfig([loggingConfig, databaseConfig, gatewayConfig, pagingConfig, auditDataConfig]);
    const logger = Logger.to(process.stderr, 'error');
    const module = AdminModule.forRoot(config, logger);
    const app = await NestFactory.createApplicationContext(module, { logger, abortOnError: false });
    try {
      await inContext(() => work(app));
    } finally {
      await app.close();
    }
  } catch (error) {
    const [message, status] = told(error);
    process.stderr.write(`techze-admin: ${message}\n`);
    process.exitCode = status;
  }
}

/** Nobody is logged in: the trail says that it was this program. */
function inContext<T>(work: () => Promise<T>): Promise<T> {
  const principal = {
    kind: 'worker',
    tenant_id: SYSTEM_TENANT_ID,
    service: 'techze-admin',
    role: 'worker',
  } as const;
  const deadline = Date.now() + DEADLINE_MS;
  return runInContext({ requestId: newUuid(), trace: continueTrace(undefined), deadline, principal }, work);
}

function personOf({ email, name }: Person): Person {
  return parsed(CreateTenant.shape.admin, { email, name });
}

/** @throws Refusal */
function parsed<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new Refusal(error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
}

function say(answer: unknown, lines: readonly string[]): void {
  const { json } = program.opts<{ json?: true }>();
  process.stdout.write(json ? `${JSON.stringify(answer)}\n` : lines.map((line) => `${line}\n`).join(''));
}

/** What a person is told, and the exit status: nothing of a statement's values, no URL. */
function told(error: unknown): [string, number] {
  if (error instanceof OperatorExists)
    return ['there is an operator already, who may log in; --force makes another one.', REFUSED];
  if (error instanceof Refusal) return [error.message, REFUSED];
  if (error instanceof Problem) {
    const faults = error.errors?.map(({ pointer, detail }) => `${pointer}: ${detail}`) ?? [];
    return [[error.message, ...faults].join('\n'), error.status < 500 ? REFUSED : UNUSABLE];
  }
  if (error instanceof ConfigurationError) return [error.message, UNUSABLE];
  return [error instanceof Error ? error.message : 'unknown reason', UNUSABLE];
}
