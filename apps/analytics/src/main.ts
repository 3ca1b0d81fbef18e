import { bootstrapService } from '@techze/bootstrap';
import { analytics } from './app.definition.js';

await bootstrapService(analytics);
