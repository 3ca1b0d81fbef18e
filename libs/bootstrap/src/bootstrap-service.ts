import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { authConfig } from '@techze/auth';
import { ConfigurationError, loadConfig, type ConfigSection } from '@techze/config';
import { services, type ServiceName } from '@techze/contracts';
import { databaseConfig } from '@techze/database';
import { Logger, loggingConfig, type LoggingConfig } from '@techze/observability';
import { RedisStreamsServer, transportConfig } from '@techze/transport';
import { closeConnectionsWhileDraining } from './draining.hook.js';
import { httpConfig, type HttpConfig } from './http.config.js';
import { measureRequests } from './http-metrics.hook.js';
import { Readiness } from './readiness.js';
import { openRequestContext } from './request-context.hook.js';
import { ServiceModule, type ServiceModuleOptions } from './service.module.js';
import { shutDownOnSignal } from './shutdown.js';

/** The others follow in the order of their names in `services`. */
const GATEWAY_PORT = 8000;

/** Sections that every process reads. */
export const standardSections: readonly ConfigSection[] = [
  loggingConfig,
  httpConfig,
  databaseConfig,
  transportConfig,
  authConfig,
];

/** What makes one service of the suite: its name, its settings, its tables and its features. */
export interface ServiceDefinition extends Pick<
  ServiceModuleOptions,
  'service' | 'database' | 'features' | 'controllers'
> {
  readonly service: ServiceName;
  readonly sections?: readonly ConfigSection[];
  /** The HTTP server's own options and dress, where a service has an edge of its own. */
  readonly http?: {
    readonly options?: ConstructorParameters<typeof FastifyAdapter>[0];
    /** Runs before every other hook of a request. */
    readonly admit?: (app: NestFastifyApplication, logger: Logger) => void;
    readonly configure: (app: NestFastifyApplication, logger: Logger) => void | Promise<void>;
  };
}

/** Starts a process of the suite and keeps it until a signal ends it. */
export async function bootstrapService(definition: ServiceDefinition): Promise<void> {
  try {
    await start(definition);
  } catch (error) {
    process.stderr.write(
      `${definition.service}: ${error instanceof ConfigurationError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
    );
    process.exit(1);
  }
}

async function start({ service, sections = [], http, ...parts }: ServiceDefinition): Promise<void> {
  const config = loadConfig([...standardSections, ...sections]);
  const logger = Logger.create(service, config.get(loggingConfig.token) as LoggingConfig);
  const settings = config.get(httpConfig.token) as HttpConfig;
  const app = await NestFactory.create<NestFastifyApplication>(
    ServiceModule.forRoot({ service, config, logger, ...parts }),
    new FastifyAdapter({
      trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
      // A request on a kept-alive connection that arrives while we close is still answered.
      return503OnClosing: false,
      ...http?.options,
    }),
    // Bodies are the gateway's matter, and it parses them by its own limits.
    { logger, abortOnError: false, bodyParser: false },
  );
  const server = app.getHttpAdapter().getInstance();
  closeConnectionsWhileDraining(server, app.get(Readiness));
  http?.admit?.(app, logger);
  openRequestContext(server);
  measureRequests(server, logger);
  await http?.configure(app, logger);
  if (service !== 'gateway') {
    app.connectMicroservice({ strategy: app.get(RedisStreamsServer) }, { inheritAppConfig: true });
    await app.startAllMicroservices();
  }
  shutDownOnSignal(app, settings, logger);
  await app.listen(settings.port ?? GATEWAY_PORT + services.indexOf(service), settings.host);
  logger.info('listening', { url: await app.getUrl() });
}
