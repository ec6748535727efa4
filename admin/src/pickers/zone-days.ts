// Days and clock times of the merchant's zone, to and from the instants that the API speaks.
import dayjs from 'dayjs';
import timezone from 'dayjs/plugin/timezone';
import utc from 'dayjs/plugin/utc';

dayjs.extend(utc);
dayjs.extend(timezone);

export interface ZoneDays {
  /** First instant of 'YYYY-MM-DD'. */
  startOf(day: string): string;
  /** Last millisecond of 'YYYY-MM-DD'. */
  endOf(day: string): string;
  today(now?: Date): string;
  dayOf(iso: string): string;
  /** ISO to 'YYYY-MM-DDTHH:mm', as a datetime-local field takes it; '' stays ''. */
  toWall(iso: string): string;
  fromWall(wall: string): string;
}

export function zoneDays(zone: string): ZoneDays {
  return {
    startOf: (day) => dayjs.tz(day, zone).startOf('day').toISOString(),
    endOf: (day) => dayjs.tz(day, zone).endOf('day').toISOString(),
    today: (now = new Date()) => dayjs(now).tz(zone).format('YYYY-MM-DD'),
    dayOf: (iso) => dayjs(iso).tz(zone).format('YYYY-MM-DD'),
    toWall: (iso) => (iso === '' ? '' : dayjs(iso).tz(zone).format('YYYY-MM-DDTHH:mm')),
    fromWall: (wall) => (wall === '' ? '' : dayjs.tz(wall, zone).toISOString()),
  };
}
