import { bootstrapService } from '@techze/bootstrap';
import { gateway } from './app.definition.js';

await bootstrapService(gateway);
