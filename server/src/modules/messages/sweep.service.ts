// Goes round by the clock: what a dead process left behind, what is due again, what nobody needs any more.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { DispatchesRepository } from './dispatches.repository.js';
import { Dispatches } from './dispatches.service.js';
import { WaveRepository } from './wave.repository.js';

@Injectable()
export class SweepService {
  constructor(
    private readonly db: TenantDb,
    private readonly clock: Clock,
    private readonly waves: WaveRepository,
    private readonly repository: DispatchesRepository,
    private readonly dispatches: Dispatches,
  ) {}

  async run(): Promise<void> {
    const now = this.clock.now();
    await this.db.write(() => this.waves.markLost(now));
    for (const id of await this.db.read(() => this.repository.overdue(now))) {
      await this.db.write(() => this.repository.release(id, { state: 'skipped', reason: 'too_late' }, now));
    }
    await this.db.write(async () => {
      await this.dispatches.finish();
      await this.dispatches.wakeDue();
    });
  }
}
