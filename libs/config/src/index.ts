export { ConfigModule } from './config.module.js';
export { ConfigurationError, loadConfig, type LoadedConfig } from './load-config.js';
export { defineSection, type ConfigSection, type SectionValue } from './section.js';
export { flag, integer, list, optionalInteger, randomKey, required } from './variables.js';
