import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ServiceModule, standardSections } from '@techze/bootstrap';
import { Logger } from '@techze/observability';
import { gateway } from '../app.definition.js';
import { buildApiDocument } from '../openapi/api-docs.js';
import { renderApiReference } from '../openapi/api-reference.js';

// `npm run openapi` writes the page; with --check it only says whether the page is true. Nothing is started.
const file = 'docs/API_REFERENCE.md';
const logger = Logger.to(process.stderr, 'error');
// In a preview providers are looked up, not made: every section only has to be there.
const config = new Map([...standardSections, ...(gateway.sections ?? [])].map(({ token }) => [token, {}]));
const app = await NestFactory.create(ServiceModule.forRoot({ ...gateway, config, logger }), new FastifyAdapter(), {
  preview: true,
  logger,
  abortOnError: false,
});
const page = renderApiReference(buildApiDocument(app));

if (!process.argv.includes('--check')) {
  writeFileSync(file, page);
} else if (read(file) !== page) {
  process.stderr.write(`${file} is not what the code says: run npm run openapi and commit it.\n`);
  process.exitCode = 1;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
