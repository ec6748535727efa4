// How full a ceiling is, as a share and a colour.
export interface Weather {
  /** 0 to 100, never 100 while something is left. */
  percent: number;
  tone: 'good' | 'warn' | 'bad';
}

const WARN_AT = 60;
const BAD_AT = 85;

export function weatherOf({ used, limit, runsOutAt }: { used: number; limit: number; runsOutAt?: string | null | undefined }): Weather {
  const share = limit > 0 ? (used / limit) * 100 : 100;
  const percent = used >= limit ? 100 : Math.min(99, Math.floor(share));
  if (percent >= BAD_AT || runsOutAt) return { percent, tone: 'bad' };
  return { percent, tone: percent >= WARN_AT ? 'warn' : 'good' };
}
