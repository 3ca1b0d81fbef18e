import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import type { LoggingConfig } from './logging.config.js';
import { currentContext } from './request-context.js';

/** Fields of a log line. Nothing personal, no tokens. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * One line of JSON an event, with the request id, tenant and trace of the work under way.
 * Also Nest's logger: its `context` argument becomes the field `name`.
 */
export class Logger implements LoggerService {
  private constructor(private readonly pino: PinoLogger) {}

  static create(service: string, config: LoggingConfig): Logger {
    const pretty = config.pretty === 'always' || (config.pretty === 'auto' && process.stdout.isTTY);
    const targets = [
      pretty
        ? { target: 'pino-pretty', level: config.level, options: { singleLine: true, ignore: 'pid,hostname,service' } }
        : { target: 'pino/file', level: config.level, options: { destination: 1 } },
      ...(config.file === undefined
        ? []
        : [
            {
              target: 'pino-roll',
              level: 'debug',
              options: { file: config.file, size: '10m', limit: { count: 5 }, mkdir: true },
            },
          ]),
    ];
    const single = targets.length === 1 && !pretty;
    const options = {
      level: config.file === undefined ? config.level : 'debug',
      base: { service, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: contextFields,
    };
    // Without pretty lines or a file no worker thread is needed: a plain write loses nothing at exit.
    return new Logger(
      single
        ? pino(
            { ...options, formatters: { level: (label) => ({ level: label }) } },
            pino.destination({ dest: 1, sync: true }),
          )
        : pino({ ...options, transport: { targets } }),
    );
  }

  /** A logger that writes to a stream of the caller's, for tools and tests. */
  static to(stream: DestinationStream, level: LoggingConfig['level'] = 'trace'): Logger {
    return new Logger(
      pino({ level, mixin: contextFields, formatters: { level: (label) => ({ level: label }) } }, stream),
    );
  }

  /** A logger whose lines carry `name`. */
  named(name: string): Logger {
    return new Logger(this.pino.child({ name }));
  }

  info(message: string, fields: LogFields = {}): void {
    this.pino.info(fields, message);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Ours pass fields, Nest passes strings (a stack, then its context). */
  private write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    rest: unknown[],
  ): void {
    const fields: Record<string, unknown> = {};
    for (const [index, value] of rest.entries()) {
      if (value instanceof Error) fields.err = value;
      else if (typeof value === 'object' && value !== null) Object.assign(fields, value);
      else if (typeof value === 'string') fields[index === rest.length - 1 ? 'name' : 'stack'] = value;
    }
    if (message instanceof Error) this.pino[level]({ ...fields, err: message }, message.message);
    else this.pino[level](fields, typeof message === 'string' ? message : JSON.stringify(message));
  }
}

function contextFields(): LogFields {
  const context = currentContext();
  if (!context) return {};
  return {
    request_id: context.requestId,
    trace_id: context.trace.traceId,
    span_id: context.trace.spanId,
    ...(context.principal && { tenant_id: context.principal.tenant_id }),
  };
}
