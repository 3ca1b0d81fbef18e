import { bootstrapService } from '@techze/bootstrap';
import { ai } from './app.definition.js';

await bootstrapService(ai);
