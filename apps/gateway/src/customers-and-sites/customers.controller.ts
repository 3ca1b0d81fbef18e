import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import {
  ChangeCustomer,
  changeCustomer,
  CreateCustomer,
  createCustomer,
  Customer,
  CustomerPage,
  deleteCustomer,
  getCustomer,
  listCustomers,
  ListCustomersQuery,
  type IfMatch as Versions,
} from '@techze/contracts';
import { RpcClient } from '@techze/transport';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { KeyedCreation, keyProblems, sayReplayed } from '../edge/keyed-creation.js';
import { Allow } from '../openapi/allow.decorator.js';
import { Answers, bodyProblems, dependencyProblems } from '../openapi/answers.decorator.js';
import { IfMatch } from '../versions/if-match.decorator.js';
import { Precondition, Versioned } from '../versions/versioned.decorator.js';

const refused = ['invalid-token', 'forbidden'] as const;
const idExample = { name: 'id', example: 'cus_019aa8c51f6b7d1e8f0a2b3c4d5e6f72' };

@ApiTags('customers')
@Controller('api/v1/customers')
export class CustomersController {
  constructor(private readonly rpc: RpcClient) {}

  @Allow(...createCustomer.roles)
  @Post()
  @KeyedCreation()
  @Versioned()
  @ApiOperation({ operationId: 'createCustomer', summary: 'Add a customer', description: 'Audited.' })
  @Answers(201, Customer, [...refused, ...keyProblems, ...bodyProblems, ...dependencyProblems])
  async create(
    @Body({ schema: CreateCustomer }) body: CreateCustomer,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Customer> {
    const { customer, replayed } = await this.rpc.call(createCustomer, body);
    void reply.header('location', `/api/v1/customers/${customer.id}`);
    sayReplayed(reply, replayed);
    return customer;
  }

  @Allow(...listCustomers.roles)
  @Get()
  @ApiOperation({ operationId: 'listCustomers', summary: 'List customers', description: 'Newest first.' })
  @Answers(200, CustomerPage, [...refused, 'validation-failed', 'invalid-cursor', ...dependencyProblems])
  list(@Query({ schema: ListCustomersQuery }) query: ListCustomersQuery): Promise<CustomerPage> {
    return this.rpc.call(listCustomers, query);
  }

  @Allow(...getCustomer.roles)
  @Get(':id')
  @Versioned()
  @ApiOperation({ operationId: 'getCustomer', summary: 'Get a customer' })
  @ApiParam(idExample)
  @Answers(200, Customer, [...refused, 'customer-not-found', ...dependencyProblems])
  get(@Param('id', { schema: z.string() }) id: string): Promise<Customer> {
    return this.rpc.call(getCustomer, { id });
  }

  @Allow(...changeCustomer.roles)
  @Patch(':id')
  @Precondition()
  @ApiOperation({
    operationId: 'changeCustomer',
    summary: 'Change a customer',
    description: 'What is absent stays, null clears. Audited.',
  })
  @ApiParam(idExample)
  @Answers(200, Customer, [
    ...refused,
    'customer-not-found',
    'precondition-failed',
    ...bodyProblems,
    ...dependencyProblems,
  ])
  change(
    @Param('id', { schema: z.string() }) id: string,
    @Body({ schema: ChangeCustomer }) change: ChangeCustomer,
    @IfMatch() ifMatch: Versions,
  ): Promise<Customer> {
    return this.rpc.call(changeCustomer, { id, change, if_match: ifMatch });
  }

  @Allow(...deleteCustomer.roles)
  @Delete(':id')
  @HttpCode(204)
  @Precondition()
  @ApiOperation({
    operationId: 'deleteCustomer',
    summary: 'Delete a customer',
    description: 'One that has no sites any more. Audited.',
  })
  @ApiParam(idExample)
  @Answers(204, null, [
    ...refused,
    'customer-not-found',
    'customer-in-use',
    'precondition-failed',
    ...dependencyProblems,
  ])
  async remove(@Param('id', { schema: z.string() }) id: string, @IfMatch() ifMatch: Versions): Promise<void> {
    await this.rpc.call(deleteCustomer, { id, if_match: ifMatch });
  }
}
