import { bootstrapService } from '@techze/bootstrap';
import { diagnostics } from './app.definition.js';

await bootstrapService(diagnostics);
