export { acknowledges } from './acknowledges.js';
export { bootstrapService, standardSections, type ServiceDefinition } from './bootstrap-service.js';
export { eventDelivery } from './event-delivery.js';
export { HealthChecks } from './health-checks.js';
export { httpConfig, type HttpConfig } from './http.config.js';
export { ProblemFilter, sendProblem, toProblem } from './problem.filter.js';
export { ServiceModule } from './service.module.js';
export { beginContext } from './request-context.hook.js';
export { SchemaValidationPipe, toFaults } from './schema-validation.pipe.js';
