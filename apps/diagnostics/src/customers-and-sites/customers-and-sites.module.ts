import { Module } from '@nestjs/common';
import { Cursors } from '@techze/paging';
import { CustomersController } from './customers.controller.js';
import { CustomersRepository } from './customers.repository.js';
import { CustomersService } from './customers.service.js';
import { SitesController } from './sites.controller.js';
import { SitesRepository } from './sites.repository.js';
import { SitesService } from './sites.service.js';

@Module({
  controllers: [CustomersController, SitesController],
  providers: [CustomersService, CustomersRepository, SitesService, SitesRepository, Cursors],
})
export class CustomersAndSitesModule {}
