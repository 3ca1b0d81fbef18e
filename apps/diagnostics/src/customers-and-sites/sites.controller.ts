import { Controller } from '@nestjs/common';
import {
  changeSite,
  createSite,
  deleteSite,
  getSite,
  listSites,
  type CreateSite,
  type CreatedSite,
  type Site,
  type SitePage,
  type DeleteSite,
  type GetSite,
  type ListSitesQuery,
  type PatchSite,
} from '@techze/contracts';
import { HandlesCommand } from '@techze/transport';
import { SitesService } from './sites.service.js';

@Controller()
export class SitesController {
  constructor(private readonly sites: SitesService) {}

  @HandlesCommand(createSite)
  create(body: CreateSite): Promise<CreatedSite> {
    return this.sites.create(body);
  }

  @HandlesCommand(listSites)
  list(query: ListSitesQuery): Promise<SitePage> {
    return this.sites.list(query);
  }

  @HandlesCommand(getSite)
  get(request: GetSite): Promise<Site> {
    return this.sites.get(request);
  }

  @HandlesCommand(changeSite)
  change(request: PatchSite): Promise<Site> {
    return this.sites.change(request);
  }

  @HandlesCommand(deleteSite)
  remove(request: DeleteSite): Promise<null> {
    return this.sites.remove(request);
  }
}
