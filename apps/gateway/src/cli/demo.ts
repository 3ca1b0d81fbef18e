import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { loadConfig } from '@techze/config';
import { databaseConfig } from '@techze/database';
import { Logger, loggingConfig } from '@techze/observability';
import { demoConfig, type DemoConfig } from './demo.config.js';
import { demoTenantsOf, readOrMakeDemoAccounts, type DemoUser } from './demo-accounts.js';
import { DemoSeed } from './demo-seed.js';
import { DemoModule } from './demo.module.js';

// Makes the demo tenants and prints their log-ins as JSON on standard output; safe to run again.
const config = loadConfig([loggingConfig, databaseConfig, demoConfig]);
const { accountsFile } = config.get(demoConfig.token) as DemoConfig;
const accounts = readOrMakeDemoAccounts(accountsFile);
const logger = Logger.to(process.stderr, 'warn');
const app = await NestFactory.createApplicationContext(DemoModule.forRoot(config, logger), {
  logger,
  abortOnError: false,
});
const seed = app.get(DemoSeed);
const planted = [];
for (const tenant of demoTenantsOf(accounts)) planted.push(await seed.plant(tenant));
await app.close();

const login = ({ email, password, role }: DemoUser) => ({ email, password, role });
const tenants = planted.slice(0, -1).map(({ id, name, users }) => ({ id, name, users: users.map(login) }));
const { email, password } = accounts.operator;
process.stdout.write(`${JSON.stringify({ tenants, operator: { email, password } })}\n`);
