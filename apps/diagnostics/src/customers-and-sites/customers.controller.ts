import { Controller } from '@nestjs/common';
import {
  changeCustomer,
  createCustomer,
  deleteCustomer,
  getCustomer,
  listCustomers,
  type CreateCustomer,
  type CreatedCustomer,
  type Customer,
  type CustomerPage,
  type DeleteCustomer,
  type GetCustomer,
  type ListCustomersQuery,
  type PatchCustomer,
} from '@techze/contracts';
import { HandlesCommand } from '@techze/transport';
import { CustomersService } from './customers.service.js';

@Controller()
export class CustomersController {
  constructor(private readonly customers: CustomersService) {}

  @HandlesCommand(createCustomer)
  create(body: CreateCustomer): Promise<CreatedCustomer> {
    return this.customers.create(body);
  }

  @HandlesCommand(listCustomers)
  list(query: ListCustomersQuery): Promise<CustomerPage> {
    return this.customers.list(query);
  }

  @HandlesCommand(getCustomer)
  get(request: GetCustomer): Promise<Customer> {
    return this.customers.get(request);
  }

  @HandlesCommand(changeCustomer)
  change(request: PatchCustomer): Promise<Customer> {
    return this.customers.change(request);
  }

  @HandlesCommand(deleteCustomer)
  remove(request: DeleteCustomer): Promise<null> {
    return this.customers.remove(request);
  }
}
