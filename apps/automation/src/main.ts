import { bootstrapService } from '@techze/bootstrap';
import { automation } from './app.definition.js';

await bootstrapService(automation);
