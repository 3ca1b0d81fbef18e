export { TemplateMiner, templatesOf, type LogTemplate, type MinedTemplates } from './miner.js';
