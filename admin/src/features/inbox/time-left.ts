// How long a reply window stays open, in the two largest units that matter: 1 天 3 小时, 2 小时 5 分, 4 分 09 秒, 38 秒.

export type TimeLeft =
  | { key: 'over' }
  | { key: 'days'; days: number; hours: number }
  | { key: 'hours'; hours: number; minutes: number }
  | { key: 'minutes'; minutes: number; seconds: string }
  | { key: 'seconds'; seconds: number };

/** `now` and the end in milliseconds; a second that has begun still counts. */
export function timeLeft(endsAt: number, now: number): TimeLeft {
  const seconds = Math.ceil((endsAt - now) / 1000);
  if (seconds <= 0) return { key: 'over' };
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  if (days > 0) return { key: 'days', days, hours };
  if (hours > 0) return { key: 'hours', hours, minutes };
  if (minutes > 0) return { key: 'minutes', minutes, seconds: String(seconds % 60).padStart(2, '0') };
  return { key: 'seconds', seconds };
}

/** Under an hour a person should hurry. */
export const isUrgent = (endsAt: number, now: number): boolean => endsAt - now < 3_600_000;
