// What the review screen should point out before a launch: red blocks, grey advises.
import type { Whynot } from './campaign.js';

export interface Warning {
  level: 'block' | 'advise';
  /** Console: locales lint.<rule>. */
  rule: string;
  details?: Record<string, unknown>;
}

export interface ForecastFigures {
  audience: number;
  holdout: number;
  reached: number;
  deferred: number;
  exhausted: number;
}

export interface WarnedCampaign {
  holdoutPercent: number;
  capMessages: number | null;
  quietFrom: string | null;
  offerId: string | null;
  contents: readonly { kind: string }[];
}

/** Fewer held back than this cannot show a difference worth reading. */
const SMALL_HOLDOUT = 30;

/** `whyNot`: the reason a launch would be refused now, if any. */
export function campaignWarnings(campaign: WarnedCampaign, forecast: ForecastFigures, whyNot: Whynot | undefined): Warning[] {
  const warnings: Warning[] = whyNot ? [{ level: 'block', rule: whyNot.code, ...(whyNot.details && { details: whyNot.details }) }] : [];
  const advise = (applies: boolean, rule: string, details?: Record<string, unknown>): void => {
    if (applies) warnings.push({ level: 'advise', rule, ...(details && { details }) });
  };
  advise(forecast.audience > 0 && forecast.reached === 0, 'nobody_reachable');
  advise(campaign.holdoutPercent === 0, 'no_holdout');
  advise(campaign.holdoutPercent > 0 && forecast.holdout > 0 && forecast.holdout < SMALL_HOLDOUT, 'small_holdout', { holdout: forecast.holdout });
  advise(campaign.capMessages === null, 'no_cap');
  advise(campaign.quietFrom === null, 'no_quiet_hours');
  advise(campaign.offerId === null, 'no_offer');
  advise(forecast.reached > 0 && forecast.exhausted * 2 > forecast.reached, 'spends_last_permits', { exhausted: forecast.exhausted, reached: forecast.reached });
  advise(forecast.deferred > 0, 'waits_for_quiet_hours', { deferred: forecast.deferred });
  advise(campaign.contents.every((content) => content.kind === 'window'), 'windows_only');
  return warnings;
}
