// The gateway with one route more, which does nothing: what bench:edge measures.
import process from 'node:process';
import { Controller, Get } from '@nestjs/common';
import { gateway } from '../../../../dist/apps/gateway/src/app.definition.js';
import { Allow } from '../../../../dist/apps/gateway/src/openapi/allow.decorator.js';
import { bootstrapService } from '../../../../dist/libs/bootstrap/src/index.js';

const answer = JSON.parse(process.env.ANSWER ?? '{}');

class NothingController {
  answer() {
    return answer;
  }
}
// Decorators by hand: this file is no TypeScript, for it is no part of the product.
const { prototype } = NothingController;
const method = Object.getOwnPropertyDescriptor(prototype, 'answer');
for (const decorate of [Get(), Allow('viewer')]) decorate(prototype, 'answer', method);
Controller('api/v1/nothing')(NothingController);

await bootstrapService({ ...gateway, controllers: [...gateway.controllers, NothingController] });
