import { Injectable } from '@nestjs/common';

/** Whether this process still wants traffic. */
@Injectable()
export class Readiness {
  private state: 'serving' | 'draining' = 'serving';

  get draining(): boolean {
    return this.state === 'draining';
  }

  drain(): void {
    this.state = 'draining';
  }
}
