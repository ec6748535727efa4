// What the merchant sees first.
import { Injectable } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { HomeRepository, type DailyPoint, type Funnel, type HomeFigures } from './home.repository.js';
import { SetupGuideRepository, type SetupStep } from './setup-guide.repository.js';

export interface HomeSummary extends HomeFigures {
  daily: DailyPoint[];
  funnel: { key: string; people: number }[];
}

const DAY_MS = 86_400_000;
const DAILY_POINTS = 14;
const FUNNEL_DAYS = 30;
const STEPS = ['visited', 'claimed', 'accepted', 'recalled', 'returned', 'redeemed'] as const satisfies readonly (keyof Funnel)[];

@Injectable()
export class HomeService {
  constructor(
    private readonly db: TenantDb,
    private readonly repository: HomeRepository,
    private readonly clock: Clock,
    private readonly guide: SetupGuideRepository,
  ) {}

  /** The steps to the first recall, in order, each with its fact. */
  setupGuide(): Promise<SetupStep[]> {
    return this.db.read(() => this.guide.steps());
  }

  home(): Promise<HomeSummary> {
    const now = this.clock.now();
    const ago = (days: number): Date => new Date(now.getTime() - days * DAY_MS);
    return this.db.read(async () => {
      const figures = await this.repository.figures(now, ago(7));
      const daily = await this.repository.daily(now, DAILY_POINTS);
      const funnel = await this.repository.funnel(ago(FUNNEL_DAYS));
      return { ...figures, daily, funnel: STEPS.map((key) => ({ key, people: funnel[key] })) };
    });
  }
}
