export { CommitMark, END_OF_LOG, isLater, sortableLsn } from './commit-mark.js';
export { Logger, type LogFields } from './logger.js';
export { loggingConfig, type LoggingConfig } from './logging.config.js';
export {
  cacheHitsTotal,
  cacheMissesTotal,
  cacheOperationsDuration,
  httpRequestDuration,
  httpRequestsInProgress,
  httpRequestsTotal,
} from './metrics.js';
export { ObservabilityModule } from './observability.module.js';
export { currentContext, readsAfter, runInContext, runWith, type RequestContext } from './request-context.js';
export { continueTrace, formatTraceparent, type TraceContext } from './trace-context.js';
