import { Controller } from '@nestjs/common';
import { getReport, type GetReport, type Report } from '@techze/contracts';
import { HandlesCommand } from '@techze/transport';
import { ReportsService } from './reports.service.js';

@Controller()
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  @HandlesCommand(getReport)
  render(request: GetReport): Promise<Report> {
    return this.reports.render(request);
  }
}
