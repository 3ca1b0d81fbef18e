import { Module } from '@nestjs/common';
import { StoredInputRepository } from '../stored/stored-input.repository.js';
import { StoredInputs } from '../stored/stored-inputs.service.js';
import { ComputationsController } from './computations.controller.js';
import { Computations } from './computations.service.js';

/** What is computed on demand, from inline or stored data. */
@Module({
  controllers: [ComputationsController],
  providers: [Computations, StoredInputs, StoredInputRepository],
  exports: [Computations],
})
export class WorkersModule {}
